#include "training/tokenizer_file.h"

#include <array>
#include <bit>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>

#include "training/file_io.h"

namespace linnet::training {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using Json = nlohmann::ordered_json;

namespace {

Json specialToken(std::size_t id, const std::string& content) {
    return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
            {"rstrip", false}, {"normalized", false}, {"special", true}};
}

} // namespace

Result<void> writeTokenizerFile(const BpeModel& model, const std::filesystem::path& path) {
    Json vocabulary = Json::object();
    for (std::size_t id = 0; id < model.tokens.size(); ++id) {
        vocabulary[toByteLevel(model.tokens[id])] = id;
    }
    Json merges = Json::array();
    for (const auto& [left, right] : model.merges) {
        merges.push_back(toByteLevel(model.tokens[left]) + " " + toByteLevel(model.tokens[right]));
    }
    Json added = Json::array();
    for (std::size_t i = 0; i < model.specials.size(); ++i) {
        const std::size_t id = model.tokens.size() + i;
        vocabulary[model.specials[i]] = id;
        added.push_back(specialToken(id, model.specials[i]));
    }
    const Json byteLevel = {{"type", "ByteLevel"},
                            {"add_prefix_space", false},
                            {"trim_offsets", true},
                            {"use_regex", false}};
    const Json split = {{"type", "Split"},
                        {"pattern", {{"Regex", model.pattern}}},
                        {"behavior", "Isolated"},
                        {"invert", false}};
    const Json file = {{"version", "1.0"},
                       {"truncation", nullptr},
                       {"padding", nullptr},
                       {"added_tokens", added},
                       {"normalizer", nullptr},
                       {"pre_tokenizer",
                        {{"type", "Sequence"}, {"pretokenizers", Json::array({split, byteLevel})}}},
                       {"post_processor", nullptr},
                       {"decoder", byteLevel},
                       {"model",
                        {{"type", "BPE"},
                         {"dropout", nullptr},
                         {"unk_token", nullptr},
                         {"continuing_subword_prefix", nullptr},
                         {"end_of_word_suffix", nullptr},
                         {"fuse_unk", false},
                         {"byte_fallback", false},
                         {"ignore_merges", false},
                         {"vocab", vocabulary},
                         {"merges", merges}}}};
    return writeFileAtomically(path, file.dump(1) + "\n");
}

Result<void> writeWordLevelFile(const std::vector<std::string>& tokens, std::size_t controlCount,
                                const std::string& unknown, WordLevelCut cut,
                                const std::filesystem::path& path) {
    Json added = Json::array();
    for (std::size_t id = 0; id < controlCount; ++id) {
        added.push_back(specialToken(id, tokens[id]));
    }
    Json vocabulary = Json::object();
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        vocabulary[tokens[id]] = id;
    }
    const bool characters = cut == WordLevelCut::Characters;
    const Json split = {{"type", "Split"},
                        {"pattern", {{"Regex", "."}}},
                        {"behavior", "Isolated"},
                        {"invert", false}};
    const Json file = {
        {"version", "1.0"},
        {"truncation", nullptr},
        {"padding", nullptr},
        {"added_tokens", added},
        {"normalizer", nullptr},
        {"pre_tokenizer", characters ? split : Json{{"type", "WhitespaceSplit"}}},
        {"post_processor", nullptr},
        {"decoder", characters ? Json{{"type", "Fuse"}} : Json(nullptr)},
        {"model", {{"type", "WordLevel"}, {"vocab", vocabulary}, {"unk_token", unknown}}}};
    return writeFileAtomically(path, file.dump(1) + "\n");
}

namespace {

/// SHA-256 (FIPS 180-4) of a stream of bytes.
class Sha256 {
public:
    void update(std::span<const unsigned char> bytes) {
        for (const unsigned char byte : bytes) {
            m_block[m_used++] = byte;
            ++m_total;
            if (m_used == m_block.size()) {
                processBlock();
                m_used = 0;
            }
        }
    }

    std::string hexDigest() {
        const std::uint64_t bits = m_total * 8;
        const unsigned char one = 0x80;
        update({&one, 1});
        const unsigned char zero = 0;
        while (m_used != 56) {
            update({&zero, 1});
        }
        std::array<unsigned char, 8> length{};
        for (unsigned i = 0; i < 8; ++i) {
            length[i] = static_cast<unsigned char>(bits >> (56U - 8U * i));
        }
        update(length);
        static const char* const digits = "0123456789abcdef";
        std::string hex;
        for (const std::uint32_t word : m_state) {
            for (int shift = 28; shift >= 0; shift -= 4) {
                hex.push_back(digits[(word >> static_cast<unsigned>(shift)) & 15U]);
            }
        }
        return hex;
    }

private:
    void processBlock();

    std::array<std::uint32_t, 8> m_state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<unsigned char, 64> m_block{};
    std::size_t m_used = 0;
    std::uint64_t m_total = 0;
};

constexpr std::array<std::uint32_t, 64> kRoundConstants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

void Sha256::processBlock() {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < 16; ++i) {
        w[i] = (static_cast<std::uint32_t>(m_block[4 * i]) << 24U) |
               (static_cast<std::uint32_t>(m_block[4 * i + 1]) << 16U) |
               (static_cast<std::uint32_t>(m_block[4 * i + 2]) << 8U) | m_block[4 * i + 3];
    }
    for (std::size_t i = 16; i < 64; ++i) {
        const std::uint32_t s0 =
            std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3U);
        const std::uint32_t s1 =
            std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10U);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = m_state;
    for (std::size_t i = 0; i < 64; ++i) {
        const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
        const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + kRoundConstants[i] + w[i];
        const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
        const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    const std::array<std::uint32_t, 8> sum{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < 8; ++i) {
        m_state[i] += sum[i];
    }
}

} // namespace

Result<std::string> sha256OfFile(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return Error{ErrorCode::NotFound, "cannot open " + path.string()};
    }
    Sha256 digest;
    std::vector<char> buffer(1U << 16U);
    while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), in.gcount() > 0) {
        digest.update({reinterpret_cast<const unsigned char*>(buffer.data()),
                       static_cast<std::size_t>(in.gcount())});
    }
    if (in.bad()) {
        return Error{ErrorCode::Io, "cannot read " + path.string()};
    }
    return digest.hexDigest();
}

} // namespace linnet::training
