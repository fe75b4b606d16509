#include "suggest/ngram_stream.h"

namespace linnet::suggest {

bool NgramStream::readList(BitReader& reader, std::uint32_t count, int k, std::uint32_t universe,
                           PredictionList& list) const {
    list.clear();
    if (count > universe) {
        return false;
    }
    list.items.reserve(count);
    list.codes.reserve(count);
    std::uint32_t next = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        next += reader.getRice(k);
        if (next >= universe) {
            list.clear();
            return false;
        }
        list.items.push_back(next++);
        list.codes.push_back(static_cast<std::uint8_t>(reader.get(codeBits)));
    }
    if (reader.failed()) {
        list.clear();
        return false;
    }
    return true;
}

std::optional<std::uint64_t> NgramStream::findBlock(BitReader& reader, std::uint32_t b) const {
    const std::uint32_t count = reader.getGamma() - 1U;
    if (count == 0 || count > m_vocabulary) {
        return std::nullopt;
    }
    const int k = static_cast<int>(reader.get(4));
    const int s = static_cast<int>(reader.get(5));
    if (s > 17) {
        return std::nullopt;
    }
    std::uint32_t next = 0;
    std::uint64_t before = 0;
    std::optional<std::uint64_t> found;
    for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
        next += reader.getRice(k);
        const std::uint32_t bits = reader.getSize(s);
        if (next == b) {
            found = before;
        }
        before += bits;
        ++next;
    }
    if (!found || reader.failed()) {
        return std::nullopt;
    }
    return reader.position() + *found;
}

bool NgramStream::findList(BitReader& reader, std::uint32_t a, std::uint32_t universe,
                           PredictionList& list) const {
    const std::uint32_t count = reader.getGamma() - 1U;
    if (count == 0 || count > m_vocabulary) {
        return false;
    }
    const int k = static_cast<int>(reader.get(4));
    std::uint32_t next = 0;
    for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
        next += reader.getRice(k);
        const std::uint32_t length = reader.getGamma();
        if (next > a ||
            !readList(reader, length, riceParameter(universe, length), universe, list)) {
            break;
        }
        if (next == a) {
            return true;
        }
        ++next;
    }
    list.clear();
    return false;
}

int NgramStream::read(std::uint64_t position, std::uint32_t b, std::uint32_t a,
                      std::array<PredictionList, ngramOrders>& lists) const {
    for (PredictionList& list : lists) {
        list.clear();
    }
    BitReader reader(m_bytes, position);
    const std::uint32_t count = reader.getGamma() - 1U;
    const int k = static_cast<int>(reader.get(4));
    if (count == 0 || !readList(reader, count, k, m_vocabulary, lists[0])) {
        return 0;
    }
    const auto block = findBlock(reader, b);
    if (!block) {
        return 1;
    }
    BitReader inner(m_bytes, *block);
    const std::uint32_t inside = inner.getGamma();
    if (!readList(inner, inside, riceParameter(count, inside), count, lists[1])) {
        return 1;
    }
    return findList(inner, a, inside, lists[2]) ? 3 : 2;
}

} // namespace linnet::suggest
