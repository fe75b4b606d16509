#include "verse/line_filter.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <fstream>
#include <iterator>

#include "engine/api/fnv1a.h"
#include "verse/byte_stream.h"
#include "verse/utf8.h"

namespace linnet::verse {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr std::array<std::uint8_t, 8> kMagic = {'L', 'I', 'N', 'N', 'E', 'T', 'L', 'F'};
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kLongestSegment = 1U << 18U;
constexpr std::uint32_t kMostSegments = 1U << 16U;
constexpr std::uint64_t kAttempts = 10; // at one size
constexpr std::size_t kLeastCharacters = 4;
constexpr std::size_t kLeastLetters = 12;

/// The finalizer of MurmurHash3: mixes all bits of a word.
std::uint64_t mixed(std::uint64_t x) {
    x ^= x >> 33U;
    x *= 0xff51afd7ed558ccdU;
    x ^= x >> 33U;
    x *= 0xc4ceb9fe1a85ec53U;
    return x ^ (x >> 33U);
}

/// The upper 64 bits of a product, for a number in [0, range).
std::uint64_t scaled(std::uint64_t hash, std::uint64_t range) {
    const std::uint64_t high = hash >> 32U;
    const std::uint64_t low = hash & 0xffffffffU;
    return (high * range + ((low * range) >> 32U)) >> 32U; // range fits in 32 bits
}

} // namespace

std::string chineseLineKey(std::string_view line) {
    std::u32string key = toCodePoints(line);
    std::erase_if(key, [](char32_t point) { return !isIdeograph(point); });
    return key.size() < kLeastCharacters ? std::string() : toUtf8(key);
}

std::string englishLineKey(std::string_view line) {
    std::string key;
    for (const char32_t point : toCodePoints(line)) {
        if (point >= U'A' && point <= U'Z') {
            key += static_cast<char>(point - U'A' + U'a');
        } else if (point >= U'a' && point <= U'z') {
            key += static_cast<char>(point);
        } else if (point == U'\'' || point == U'\u2018' || point == U'\u2019') {
            key += '\'';
        }
    }
    return key.size() < kLeastLetters ? std::string() : key;
}

std::uint64_t LineFilter::hashOf(std::string_view key) {
    return mixed(engine::Fnv1a::of(key));
}

LineFilter LineFilter::build(const std::vector<std::string>& keys) {
    std::vector<std::uint64_t> hashes;
    hashes.reserve(keys.size());
    for (const std::string& key : keys) {
        if (!key.empty()) {
            hashes.push_back(hashOf(key));
        }
    }
    return buildFromHashes(std::move(hashes));
}

LineFilter LineFilter::buildFromHashes(std::vector<std::uint64_t> hashes) {
    std::sort(hashes.begin(), hashes.end());
    hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
    LineFilter filter;
    filter.choosePlaces(hashes.size());
    for (std::uint64_t attempt = 1;; ++attempt) {
        filter.m_seed = mixed(attempt);
        if (filter.assign(hashes)) {
            return filter;
        }
        if (attempt % kAttempts == 0) {
            ++filter.m_segments; // more room, for sets too small for the paper's estimate
        }
    }
}

/// Sizes of section 4 of the paper, for three slots a key.
void LineFilter::choosePlaces(std::uint64_t size) {
    m_size = size;
    const double count = static_cast<double>(std::max<std::uint64_t>(size, 2));
    const auto power = static_cast<unsigned>(std::floor(std::log(count) / std::log(3.33) + 2.25));
    m_segmentLength = std::min(std::uint32_t{1} << power, kLongestSegment);
    const double factor = std::max(1.125, 0.875 + 0.25 * std::log(1e6) / std::log(count));
    const double slots = std::round(count * factor);
    const auto needed = static_cast<std::uint32_t>(std::ceil(slots / m_segmentLength));
    m_segments = needed > 2 ? needed - 2 : 1;
}

LineFilter::Place LineFilter::placeOf(std::uint64_t key) const {
    const std::uint64_t hash = mixed(key + m_seed);
    const std::uint64_t mask = m_segmentLength - 1;
    const std::uint64_t first =
        scaled(hash, std::uint64_t{m_segments} * m_segmentLength); // a segment and a slot in it
    Place place;
    place.slots[0] = static_cast<std::uint32_t>(first);
    place.slots[1] = static_cast<std::uint32_t>((first + m_segmentLength) ^ ((hash >> 18U) & mask));
    place.slots[2] =
        static_cast<std::uint32_t>((first + 2 * std::uint64_t{m_segmentLength}) ^ (hash & mask));
    place.fingerprint = static_cast<std::uint8_t>(hash ^ (hash >> 32U));
    return place;
}

/// Peels the keys: each in turn has a slot that no key after it uses, and sets it. False if some
/// keys cannot be peeled with this seed.
bool LineFilter::assign(const std::vector<std::uint64_t>& hashes) {
    const std::size_t slots = (std::size_t{m_segments} + 2) * m_segmentLength;
    m_fingerprints.assign(slots, 0);
    std::vector<std::uint64_t> keys(slots, 0); // exclusive or of the keys that use a slot
    std::vector<std::uint32_t> users(slots, 0);
    for (const std::uint64_t hash : hashes) {
        for (const std::uint32_t slot : placeOf(hash).slots) {
            keys[slot] ^= hash;
            ++users[slot];
        }
    }
    std::vector<std::uint32_t> single;
    for (std::size_t slot = 0; slot < slots; ++slot) {
        if (users[slot] == 1) {
            single.push_back(static_cast<std::uint32_t>(slot));
        }
    }
    std::vector<std::pair<std::uint64_t, std::uint32_t>> order; // key and the slot it sets
    order.reserve(hashes.size());
    while (!single.empty()) {
        const std::uint32_t slot = single.back();
        single.pop_back();
        if (users[slot] != 1) {
            continue;
        }
        const std::uint64_t key = keys[slot];
        order.emplace_back(key, slot);
        for (const std::uint32_t used : placeOf(key).slots) {
            keys[used] ^= key;
            if (--users[used] == 1) {
                single.push_back(used);
            }
        }
    }
    for (auto it = order.rbegin(); it != order.rend(); ++it) {
        const Place place = placeOf(it->first);
        std::uint8_t value = place.fingerprint;
        for (const std::uint32_t slot : place.slots) {
            value ^= slot == it->second ? std::uint8_t{0} : m_fingerprints[slot];
        }
        m_fingerprints[it->second] = value;
    }
    return order.size() == hashes.size();
}

bool LineFilter::mayContain(std::string_view key) const {
    if (key.empty() || m_size == 0) {
        return false;
    }
    const Place place = placeOf(hashOf(key));
    std::uint8_t value = place.fingerprint;
    for (const std::uint32_t slot : place.slots) {
        value ^= m_fingerprints[slot];
    }
    return value == 0;
}

std::vector<std::uint8_t> LineFilter::serialized() const {
    ByteWriter out;
    out.raw(kMagic);
    out.u32(kVersion);
    out.u64(m_size);
    out.u64(m_seed);
    out.u32(m_segmentLength);
    out.u32(m_segments);
    out.raw(m_fingerprints);
    out.u64(engine::Fnv1a::of(out.bytes()));
    return out.bytes();
}

std::optional<LineFilter> LineFilter::parse(std::span<const std::uint8_t> content) {
    ByteReader in(content);
    LineFilter filter;
    const auto magic = in.raw(kMagic.size());
    const std::uint32_t version = in.u32();
    filter.m_size = in.u64();
    filter.m_seed = in.u64();
    filter.m_segmentLength = in.u32();
    filter.m_segments = in.u32();
    const bool sane = in.ok() && std::equal(kMagic.begin(), kMagic.end(), magic.begin()) &&
                      version == kVersion && std::has_single_bit(filter.m_segmentLength) &&
                      filter.m_segmentLength <= kLongestSegment && filter.m_segments > 0 &&
                      filter.m_segments <= kMostSegments;
    if (!sane) {
        return std::nullopt;
    }
    const auto bytes = in.raw((std::size_t{filter.m_segments} + 2) * filter.m_segmentLength);
    const std::size_t end = in.position();
    const std::uint64_t checksum = in.u64();
    if (!in.ok() || !in.atEnd() || checksum != engine::Fnv1a::of(content.first(end))) {
        return std::nullopt;
    }
    filter.m_fingerprints.assign(bytes.begin(), bytes.end());
    return filter;
}

Result<LineFilter> LineFilter::load(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return Error{ErrorCode::NotFound, "cannot open " + path.string()};
    }
    const std::string content((std::istreambuf_iterator<char>(in)), {});
    if (in.bad()) {
        return Error{ErrorCode::Io, "cannot read " + path.string()};
    }
    auto filter = parse({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
    if (!filter) {
        return Error{ErrorCode::CorruptFile,
                     path.string() + " is no filter of lines of version 1, or is damaged"};
    }
    return std::move(*filter);
}

} // namespace linnet::verse
