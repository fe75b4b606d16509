#pragma once

#include <array>
#include <string>

#include "engine/api/tokenizer.h"

namespace linnet::tests {

// One token a byte, 256 ends a text, 257 begins one if the model wants that.
class ByteTokenizer : public engine::Tokenizer {
public:
    static constexpr int vocabulary = 258;
    static constexpr engine::TokenId end = 256;
    static constexpr engine::TokenId begin = 257;

    explicit ByteTokenizer(bool addsBegin)
        : m_addsBegin(addsBegin) {
        for (std::size_t i = 0; i < m_bytes.size(); ++i) {
            m_bytes[i] = static_cast<char>(static_cast<unsigned char>(i));
        }
    }

    std::vector<engine::TokenId> encode(std::string_view text, bool) const override {
        std::vector<engine::TokenId> ids;
        for (const char c : text) {
            ids.push_back(static_cast<unsigned char>(c));
        }
        return ids;
    }
    std::string_view bytes(engine::TokenId id) const override {
        return id >= 0 && id < 256 ? std::string_view(&m_bytes[static_cast<std::size_t>(id)], 1)
                                   : std::string_view();
    }
    std::string decode(const std::vector<engine::TokenId>& ids) const override {
        std::string text;
        for (const engine::TokenId id : ids) {
            text += bytes(id);
        }
        return text;
    }
    int size() const override { return vocabulary; }
    bool isSpecial(engine::TokenId id) const override { return id >= 256; }
    std::optional<engine::TokenId> find(std::string_view) const override { return std::nullopt; }
    std::optional<engine::TokenId> beginOfText() const override {
        return m_addsBegin ? std::optional(begin) : std::nullopt;
    }
    std::optional<engine::TokenId> endOfText() const override { return end; }
    bool addsBeginOfText() const override { return m_addsBegin; }

private:
    bool m_addsBegin;
    std::array<char, 256> m_bytes{};
};

} // namespace linnet::tests
