#include "verse/model_companion.h"

#include "engine/api/fnv1a.h"
#include "verse/byte_stream.h"
#include "verse/token_spelling.h"

namespace linnet::verse {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using engine::TokenId;

std::uint64_t vocabularyHash(const engine::Tokenizer& tokenizer) {
    engine::Fnv1a hash;
    for (TokenId token = 0; token < tokenizer.size(); ++token) {
        hash.add(spellingOf(tokenizer, token));
        hash.add("\n");
    }
    return hash.value();
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
