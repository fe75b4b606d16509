#include "verse/associations.h"

#include <algorithm>
#include <cmath>

#include "verse/byte_stream.h"
#include "verse/model_companion.h"

namespace linnet::verse {

using engine::Result;
using engine::TokenId;

namespace {

constexpr float steps = 255; // of a strength

} // namespace

Result<std::shared_ptr<const Associations>> Associations::load(const std::filesystem::path& file,
                                                               const engine::Tokenizer& tokenizer) {
    const auto read = readCompanion(file, LexiconKind::Associations, tokenizer);
    if (!read) {
        return read.error();
    }
    ByteReader start(read->payload);
    start.u64(); // the vocabulary, which was looked at
    auto associations = std::make_shared<Associations>();
    const std::uint32_t vocabulary = start.u32();
    if (!associations->m_near.parse(start, vocabulary) ||
        !associations->m_facing.parse(start, vocabulary) || !start.atEnd()) {
        return damagedCompanion(file);
    }
    return std::shared_ptr<const Associations>(std::move(associations));
}

bool Associations::Table::parse(ByteReader& in, std::uint32_t vocabulary) {
    const std::uint32_t count = in.u32();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        words.push_back(in.text());
        begins.push_back(static_cast<std::uint32_t>(associates.size()));
        const std::uint32_t own = in.varint();
        for (std::uint32_t j = 0; j < own && in.ok(); ++j) {
            const std::uint32_t token = in.varint();
            if (token >= vocabulary) {
                return false;
            }
            associates.push_back(
                {static_cast<TokenId>(token), static_cast<float>(in.u8()) / steps});
        }
    }
    begins.push_back(static_cast<std::uint32_t>(associates.size()));
    return in.ok() && std::is_sorted(words.begin(), words.end());
}

std::span<const Associate> Associations::Table::of(std::string_view word) const {
    const auto found = std::lower_bound(words.begin(), words.end(), word);
    if (found == words.end() || *found != word) {
        return {};
    }
    const auto index = static_cast<std::size_t>(found - words.begin());
    return std::span(associates).subspan(begins[index], begins[index + 1] - begins[index]);
}

std::vector<std::uint8_t>
Associations::serialized(const engine::Tokenizer& tokenizer,
                         const std::map<std::string, std::vector<Associate>>& words,
                         const std::map<std::string, std::vector<Associate>>& counterparts) {
    ByteWriter out;
    out.u64(vocabularyHash(tokenizer));
    out.u32(static_cast<std::uint32_t>(tokenizer.size()));
    for (const auto* table : {&words, &counterparts}) {
        out.u32(static_cast<std::uint32_t>(table->size()));
        for (const auto& [word, associates] : *table) {
            out.text(word);
            out.varint(static_cast<std::uint32_t>(associates.size()));
            for (const Associate& associate : associates) {
                out.varint(static_cast<std::uint32_t>(associate.token));
                out.u8(static_cast<std::uint8_t>(
                    std::lround(std::clamp(associate.strength, 0.0F, 1.0F) * steps)));
            }
        }
    }
    return out.bytes();
}

} // namespace linnet::verse
