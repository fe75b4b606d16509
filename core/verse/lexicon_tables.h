#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/api/result.h"

namespace linnet::verse {

// Makes the lexicon files from the published tables. Used by the tool linnet-lexicon only.

// The English payload: for each of up to 256 byte codes the letters it stands for, then likewise
// the phones; the number of words and of blocks, the bytes of each block, the blocks. A block has
// enBlockWords words (the last one fewer) in ASCII order. An entry: a byte with the length of the
// prefix shared with the word before it in the block (low five bits) and its pronunciations less
// one (high three); a byte with the number of letter codes (high four bits) and of phone codes of
// the first pronunciation, where 15 announces a further byte; the letter codes; the phone codes;
// further pronunciations, each with its number of codes in a byte. Codes stand for frequent pairs
// (byte-pair encoding: Gage 1994), which makes the file a third smaller.
constexpr std::size_t enBlockWords = 16;

struct EnLexiconSources {
    std::filesystem::path dictionary; // cmudict.dict
    std::string source;               // header text
};
engine::Result<void> writeEnLexicon(const EnLexiconSources& sources,
                                    const std::filesystem::path& path);

// The Chinese payload: the groups, the sets of neighbouring groups, the simplified and the
// traditional table (code points as differences, the number of readings, group indices), then the
// characters used in traditional and in simplified text only, and the frequencies.
struct ZhLexiconSources {
    std::filesystem::path groups;        // group, tone, section, traditional name, ...
    std::filesystem::path simplified;    // character, group, tone
    std::filesystem::path traditional;   // likewise
    std::filesystem::path toSimplified;  // OpenCC's TSCharacters.txt
    std::filesystem::path toTraditional; // OpenCC's STCharacters.txt
    std::filesystem::path counts;        // character, occurrences in classical poems
    std::string source;                  // header text
};
engine::Result<void> writeZhLexicon(const ZhLexiconSources& sources,
                                    const std::filesystem::path& path);

} // namespace linnet::verse
