#include "training/token_files.h"

#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "training/file_io.h"

#ifndef _WIN32
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace linnet::training {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using Json = nlohmann::ordered_json;

Result<TokenIndex> TokenIndex::read(const fs::path& folder) {
    const fs::path path = folder / "index.json";
    const auto text = readFile(path);
    if (!text) {
        return text.error();
    }
    std::string field;
    try {
        const Json json = Json::parse(*text);
        TokenIndex index;
        field = "tokenizer_sha256";
        index.tokenizerSha256 = json.at(field).get<std::string>();
        field = "vocab_size";
        index.vocabularySize = json.at(field).get<std::uint64_t>();
        field = "end_of_document";
        index.endOfDocument = json.at(field).get<std::uint32_t>();
        field = "groups";
        for (const Json& item : json.at(field)) {
            TokenGroup group;
            item.at("name").get_to(group.name);
            item.at("file").get_to(group.file);
            item.at("tokens").get_to(group.tokens);
            item.at("words").get_to(group.words);
            item.at("bytes").get_to(group.bytes);
            item.at("documents").get_to(group.documents);
            if (fs::path(group.file).filename() != group.file) {
                return Error{ErrorCode::CorruptFile,
                             path.string() + ": groups: bad file name " + group.file};
            }
            index.groups.push_back(std::move(group));
        }
        return index;
    } catch (const Json::exception& e) {
        return Error{ErrorCode::CorruptFile, path.string() + ": " + field + ": " + e.what()};
    }
}

Result<void> TokenIndex::write(const fs::path& folder) const {
    Json list = Json::array();
    for (const TokenGroup& group : groups) {
        list.push_back({{"name", group.name},
                        {"file", group.file},
                        {"tokens", group.tokens},
                        {"words", group.words},
                        {"bytes", group.bytes},
                        {"documents", group.documents}});
    }
    const Json json = {{"tokenizer_sha256", tokenizerSha256},
                       {"vocab_size", vocabularySize},
                       {"token_bytes", tokenBytes()},
                       {"end_of_document", endOfDocument},
                       {"groups", list}};
    return writeFileAtomically(folder / "index.json", json.dump() + "\n");
}

namespace {

/// The file's bytes, kept alive by the pointer; null if it cannot be read.
std::shared_ptr<const unsigned char> mapFile(const fs::path& path, std::uint64_t size) {
#ifndef _WIN32
    const int fd = ::open(path.c_str(), O_RDONLY);
    if (fd < 0) {
        return nullptr;
    }
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
    ::close(fd);
    if (data == MAP_FAILED) {
        return nullptr;
    }
    return {static_cast<const unsigned char*>(data),
            [size](const unsigned char* p) { ::munmap(const_cast<unsigned char*>(p), size); }};
#else
    std::ifstream in(path, std::ios::binary);
    std::shared_ptr<unsigned char> data(new unsigned char[size],
                                        std::default_delete<unsigned char[]>());
    in.read(reinterpret_cast<char*>(data.get()), static_cast<std::streamsize>(size));
    return in ? data : nullptr;
#endif
}

} // namespace

Result<TokenStream> TokenStream::open(const fs::path& folder, const TokenIndex& index,
                                      const TokenGroup& group) {
    const fs::path path = folder / group.file;
    std::error_code failure;
    const std::uint64_t bytes = fs::file_size(path, failure);
    if (failure) {
        return Error{ErrorCode::NotFound, "cannot open " + path.string()};
    }
    TokenStream stream;
    stream.m_size = group.tokens;
    stream.m_width = index.tokenBytes();
    if (bytes != group.tokens * stream.m_width) {
        return Error{ErrorCode::CorruptFile, path.string() + " has " + std::to_string(bytes) +
                                                 " bytes, its index says " +
                                                 std::to_string(group.tokens * stream.m_width)};
    }
    if (bytes > 0) {
        stream.m_data = mapFile(path, bytes);
        if (!stream.m_data) {
            return Error{ErrorCode::Io, "cannot read " + path.string()};
        }
    }
    return stream;
}

void TokenStream::copy(std::uint64_t begin, std::uint64_t count, std::int64_t* out) const {
    const unsigned char* p = m_data.get() + begin * m_width;
    for (std::uint64_t i = 0; i < count; ++i, p += m_width) {
        std::uint32_t id = 0;
        std::memcpy(&id, p, m_width); // little endian, as is every machine libtorch runs on
        out[i] = id;
    }
}

} // namespace linnet::training
