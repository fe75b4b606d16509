#include "verse/model_companion.h"

#include "verse/byte_stream.h"
#include "verse/token_spelling.h"

namespace linnet::verse {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using engine::TokenId;

std::uint64_t vocabularyHash(const engine::Tokenizer& tokenizer) {
    std::uint64_t hash = 0xcbf29ce484222325U; // FNV-1a
    const auto add = [&](char c) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    };
    for (TokenId token = 0; token < tokenizer.size(); ++token) {
        for (const char c : spellingOf(tokenizer, token)) {
            add(c);
        }
        add('\n');
    }
    return hash;
}

Result<LexiconFile> readCompanion(const std::filesystem::path& file, LexiconKind kind,
                                  const engine::Tokenizer& tokenizer) {
    auto read = LexiconFile::read(file, kind);
    if (read && ByteReader(read->payload).u64() != vocabularyHash(tokenizer)) {
        return Error{ErrorCode::UnsupportedFormat,
                     file.string() + " was made with another tokenizer.json than the one beside "
                                     "it; make it again with linnet-train phrases"};
    }
    return read;
}

Error damagedCompanion(const std::filesystem::path& file) {
    return {ErrorCode::CorruptFile, file.string() + " is damaged; install it again"};
}

} // namespace linnet::verse
