#include "verse/couplet_model.h"

#include <algorithm>
#include <cmath>

#include "verse/byte_stream.h"
#include "verse/model_companion.h"

namespace linnet::verse {

using engine::Result;

namespace {

constexpr float stepsPerNat = 16;
constexpr float zero = 128; // the code of a preference of 0

} // namespace

Result<std::shared_ptr<const CoupletModel>> CoupletModel::load(const std::filesystem::path& file,
                                                               const engine::Tokenizer& tokenizer) {
    const auto read = readCompanion(file, LexiconKind::Couplets, tokenizer);
    if (!read) {
        return read.error();
    }
    auto model = std::make_shared<CoupletModel>();
    if (!model->parse(read->payload) ||
        model->m_classes.size() != static_cast<std::size_t>(tokenizer.size())) {
        return damagedCompanion(file);
    }
    return std::shared_ptr<const CoupletModel>(std::move(model));
}

bool CoupletModel::parse(std::span<const std::uint8_t> payload) {
    ByteReader in(payload);
    in.u64(); // the vocabulary, which was looked at
    const auto classes = in.raw(std::min<std::uint32_t>(in.u32(), 65536));
    m_classes.assign(classes.begin(), classes.end());
    m_size = std::size_t{in.u8()} + 1;
    m_preferences.assign(m_size * m_size, 0.0F);
    for (std::size_t above = 1; above < m_size; ++above) {
        for (std::size_t below = 1; below < m_size; ++below) {
            m_preferences[above * m_size + below] =
                (static_cast<float>(in.u8()) - zero) / stepsPerNat;
        }
    }
    return in.ok() && in.atEnd() &&
           std::all_of(m_classes.begin(), m_classes.end(),
                       [&](std::uint8_t one) { return one < m_size; });
}

std::vector<std::uint8_t> CoupletModel::serialized(const engine::Tokenizer& tokenizer,
                                                   const CoupletClasses& classes) {
    ByteWriter out;
    out.u64(vocabularyHash(tokenizer));
    out.u32(static_cast<std::uint32_t>(classes.classes.size()));
    out.raw(classes.classes);
    out.u8(static_cast<std::uint8_t>(classes.count));
    for (const float preference : classes.preferences) {
        const long code = std::lround(preference * stepsPerNat + zero);
        out.u8(static_cast<std::uint8_t>(std::clamp(code, 0L, 255L)));
    }
    return out.bytes();
}

} // namespace linnet::verse
