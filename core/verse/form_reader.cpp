#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <utility>

#include "verse/form_library.h"
#include "verse/utf8.h"

namespace linnet::verse {

namespace {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using nlohmann::json;

constexpr int maxLineLength = 60;

// Reads one form. The first thing wrong is kept in m_error, with the path of the key; everything
// after it reads as empty.
class FormReader {
public:
    explicit FormReader(std::string origin)
        : m_origin(std::move(origin)) {}

    Result<Form> read(std::string_view text) {
        const json root = json::parse(text, nullptr, false);
        if (root.is_discarded()) {
            fail("", "this is not JSON");
        } else {
            readForm(root);
        }
        if (!m_error.empty()) {
            return Error{ErrorCode::CorruptFile, m_error};
        }
        return std::move(m_form);
    }

private:
    void fail(const std::string& key, const std::string& why) {
        if (m_error.empty()) {
            m_error = m_origin + (key.empty() ? "" : ": \"" + key + "\"") + ": " + why;
        }
    }

    // True if `object` is an object with no other keys than these.
    bool hasKeys(const json& object, const std::string& key,
                 std::initializer_list<const char*> known) {
        if (!object.is_object()) {
            fail(key, "must be an object");
            return false;
        }
        for (const auto& [name, value] : object.items()) {
            (void)value;
            if (std::find(known.begin(), known.end(), name) == known.end()) {
                fail(key.empty() ? name : key + "." + name, "is not a key of a form");
                return false;
            }
        }
        return true;
    }

    static const json* find(const json& object, const char* name) {
        const auto found = object.find(name);
        return found != object.end() ? &*found : nullptr;
    }

    std::string text(const json& object, const char* name, const std::string& parent) {
        const json* value = find(object, name);
        if (value == nullptr || !value->is_string() ||
            value->get_ref<const std::string&>().empty()) {
            fail(parent + name, value == nullptr ? "is missing" : "must be text");
            return {};
        }
        return value->get<std::string>();
    }

    bool flag(const json& object, const char* name, const std::string& parent) {
        const json* value = find(object, name);
        if (value != nullptr && !value->is_boolean()) {
            fail(parent + name, "must be true or false");
        }
        return value != nullptr && value->is_boolean() && value->get<bool>();
    }

    int number(const json& object, const char* name, const std::string& parent, int fallback,
               int low, int high) {
        const json* value = find(object, name);
        if (value == nullptr) {
            return fallback;
        }
        if (!value->is_number_integer() || value->get<long long>() < low ||
            value->get<long long>() > high) {
            fail(parent + name, "must be a whole number from " + std::to_string(low) + " to " +
                                    std::to_string(high));
            return fallback;
        }
        return value->get<int>();
    }

    Names names(const json& object, const char* name, const std::string& parent) {
        const json* value = find(object, name);
        if (value == nullptr) {
            fail(parent + name, "is missing");
            return {};
        }
        const std::string key = parent + name;
        if (!hasKeys(*value, key, {"en", "zh"})) {
            return {};
        }
        return {text(*value, "en", key + "."), text(*value, "zh", key + ".")};
    }

    Pattern pattern(const std::string& letters, const std::string& key) {
        static constexpr std::pair<char32_t, Place> chinese[] = {
            {U'平', Place::Level}, {U'仄', Place::Oblique}, {U'中', Place::Any}};
        static constexpr std::pair<char32_t, Place> english[] = {
            {U'x', Place::Weak}, {U'/', Place::Strong}, {U'.', Place::Any}};
        const auto& alphabet = m_form.language == Language::Chinese ? chinese : english;
        Pattern places;
        for (const char32_t letter : toCodePoints(letters)) {
            const auto found =
                std::find_if(std::begin(alphabet), std::end(alphabet),
                             [&](const auto& entry) { return entry.first == letter; });
            if (found == std::end(alphabet)) {
                fail(key, "the pattern \"" + letters + "\" may only have the letters " +
                              (m_form.language == Language::Chinese ? "平仄中" : "x / ."));
                return {};
            }
            places.push_back(found->second);
        }
        if (places.empty() || places.size() > maxLineLength) {
            fail(key, "a pattern has 1 to " + std::to_string(maxLineLength) + " places");
        }
        return places;
    }

    // 5 | "x/x/" | ["x/x/", "/xx/"] | {"min": 1, "max": 12}
    LineForm line(const json& value, const std::string& key) {
        LineForm form;
        if (value.is_number_integer() && value.get<long long>() >= 1 &&
            value.get<long long>() <= maxLineLength) {
            form.minLength = form.maxLength = value.get<int>();
        } else if (value.is_string()) {
            form.patterns.push_back(pattern(value.get<std::string>(), key));
        } else if (value.is_array() && !value.empty() &&
                   std::all_of(value.begin(), value.end(),
                               [](const json& entry) { return entry.is_string(); })) {
            for (const json& entry : value) {
                form.patterns.push_back(pattern(entry.get<std::string>(), key));
            }
        } else if (value.is_object()) {
            if (hasKeys(value, key, {"min", "max"})) {
                form.minLength = number(value, "min", key + ".", 1, 1, maxLineLength);
                form.maxLength =
                    number(value, "max", key + ".", maxLineLength, form.minLength, maxLineLength);
            }
        } else {
            fail(key, "a line is a length from 1 to " + std::to_string(maxLineLength) +
                          ", a pattern, a list of patterns, or {\"min\": .., \"max\": ..}");
        }
        if (!form.patterns.empty()) {
            const auto [least, most] = std::minmax_element(
                form.patterns.begin(), form.patterns.end(),
                [](const Pattern& a, const Pattern& b) { return a.size() < b.size(); });
            form.minLength = static_cast<int>(least->size());
            form.maxLength = static_cast<int>(most->size());
        }
        return form;
    }

    // "aAxA": a letter for each line, a small one where the rhyme is custom, x where there is none,
    // spaces where stanzas end.
    void rhymes(const std::string& scheme, const std::string& key, Variant& variant) {
        for (const char c : scheme) {
            if (c == ' ') {
                variant.breaks.push_back(static_cast<int>(variant.rhymes.size()));
            } else if (c == 'x') {
                variant.rhymes.push_back({});
            } else if (c >= 'A' && c <= 'W') {
                variant.rhymes.push_back({c - 'A', true});
            } else if (c >= 'a' && c <= 'w') {
                variant.rhymes.push_back({c - 'a', false});
            } else {
                fail(key,
                     "the scheme \"" + scheme + "\" may only have letters A-W, a-w, x, spaces");
                return;
            }
        }
        if (variant.rhymes.size() != variant.lines.size()) {
            fail(key, "the scheme \"" + scheme + "\" must have a letter for each of the " +
                          std::to_string(variant.lines.size()) + " lines");
        }
        for (const int at : variant.breaks) {
            if (at < 1 || at >= static_cast<int>(variant.lines.size())) {
                fail(key, "a stanza must not be empty");
            }
        }
    }

    Variant variant(const json& value, const std::string& key) {
        Variant variant;
        if (!hasKeys(value, key, {"name", "title", "lines", "rhyme", "repeat"})) {
            return variant;
        }
        if (value.contains("name")) {
            variant.name = text(value, "name", key + ".");
            variant.title = names(value, "title", key + ".");
        }
        const json* lines = find(value, "lines");
        if (lines == nullptr || !lines->is_array() || lines->empty() || lines->size() > 200) {
            fail(key + ".lines", "must be a list of 1 to 200 lines");
            return variant;
        }
        for (const json& entry : *lines) {
            variant.lines.push_back(
                line(entry, key + ".lines[" + std::to_string(variant.lines.size()) + "]"));
        }
        rhymes(text(value, "rhyme", key + "."), key + ".rhyme", variant);
        if (const json* repeat = find(value, "repeat"); repeat != nullptr) {
            const std::string parent = key + ".repeat.";
            if (hasKeys(*repeat, key + ".repeat", {"min", "max", "default", "break"})) {
                variant.minBlocks = number(*repeat, "min", parent, 1, 1, 1000);
                variant.maxBlocks = number(*repeat, "max", parent, 1000, variant.minBlocks, 1000);
                variant.defaultBlocks = number(*repeat, "default", parent, variant.minBlocks,
                                               variant.minBlocks, variant.maxBlocks);
                variant.breakBetween = flag(*repeat, "break", parent);
            }
        }
        return variant;
    }

    void readVariants(const json& root) {
        const json* variants = find(root, "variants");
        if (variants == nullptr || !variants->is_array() || variants->empty()) {
            fail("variants", "must be a list of at least one variant");
            return;
        }
        for (const json& entry : *variants) {
            const std::string key = "variants[" + std::to_string(m_form.variants.size()) + "]";
            Variant read = variant(entry, key);
            if (read.name.empty() && variants->size() > 1) {
                fail(key + ".name", "is missing");
            }
            if (m_form.findVariant(read.name) != nullptr) {
                fail(key + ".name", "\"" + read.name + "\" is there twice");
            }
            m_form.variants.push_back(std::move(read));
        }
    }

    std::vector<int> lengthList(const json& value, const std::string& key) {
        std::vector<int> lengths;
        const bool whole = value.is_array() && !value.empty() &&
                           std::all_of(value.begin(), value.end(),
                                       [](const json& entry) { return entry.is_number_integer(); });
        if (!whole) {
            fail(key, "must be a list of whole numbers");
            return lengths;
        }
        return value.get<std::vector<int>>();
    }

    void readLicences(const json& root) {
        const json* licences = find(root, "licences");
        if (licences == nullptr) {
            return;
        }
        if (!licences->is_array()) {
            fail("licences", "must be a list");
            return;
        }
        for (const json& entry : *licences) {
            const std::string key = "licences[" + std::to_string(m_form.licences.size()) + "]";
            if (!hasKeys(entry, key, {"name", "title", "usual", "instead", "lengths"})) {
                return;
            }
            Licence licence{text(entry, "name", key + "."),
                            names(entry, "title", key + "."),
                            pattern(text(entry, "usual", key + "."), key + ".usual"),
                            pattern(text(entry, "instead", key + "."), key + ".instead"),
                            {}};
            if (const json* lengths = find(entry, "lengths"); lengths != nullptr) {
                licence.lengths = lengthList(*lengths, key + ".lengths");
            }
            if (licence.usual.size() != licence.instead.size()) {
                fail(key + ".instead", "must be as long as \"usual\"");
            }
            m_form.licences.push_back(std::move(licence));
        }
    }

    // [[3, 4], [5, 6]]: neighbouring lines, counted from 1.
    void readParallel(const json& root) {
        const json* pairs = find(root, "parallel");
        for (const json& pair : pairs != nullptr ? *pairs : json::array()) {
            const bool whole = pairs->is_array() && pair.is_array() && pair.size() == 2 &&
                               pair[0].is_number_integer() && pair[1].is_number_integer() &&
                               pair[0].get<long long>() >= 1 && pair[0].get<long long>() < 200 &&
                               pair[1].get<long long>() == pair[0].get<long long>() + 1;
            if (!whole) {
                fail("parallel", "must be a list of pairs of neighbouring lines, as in [[3, 4]]");
                return;
            }
            m_form.parallel.emplace_back(pair[0].get<int>() - 1, pair[1].get<int>() - 1);
        }
    }

    std::vector<std::string> texts(const json& value, const std::string& key) {
        const bool whole = value.is_array() && !value.empty() &&
                           std::all_of(value.begin(), value.end(),
                                       [](const json& entry) { return entry.is_string(); });
        if (!whole) {
            fail(key, "must be a list of texts");
            return {};
        }
        return value.get<std::vector<std::string>>();
    }

    // {"lines": ["A {who} from {place}"], "words": {"who": [..], "place": [..]}}
    void readOpenings(const json& root) {
        const json* openings = find(root, "openings");
        if (openings == nullptr || !hasKeys(*openings, "openings", {"lines", "words"})) {
            return;
        }
        m_form.openings.lines = texts(openings->value("lines", json()), "openings.lines");
        const json words = openings->value("words", json::object());
        if (!words.is_object()) {
            fail("openings.words", "must be an object");
            return;
        }
        for (const auto& [name, list] : words.items()) {
            m_form.openings.words[name] = texts(list, "openings.words." + name);
        }
        for (const std::string& line : m_form.openings.lines) {
            std::size_t at = 0;
            while ((at = line.find('{', at)) != std::string::npos) {
                const std::size_t end = std::min(line.find('}', at), line.size());
                const std::string name = line.substr(at + 1, end - at - 1);
                if (!m_form.openings.words.contains(name)) {
                    fail("openings.lines", "\"" + line + "\" asks for \"" + name +
                                               "\", which is not in openings.words");
                }
                at = end;
            }
        }
    }

    void readRules(const json& root) {
        if (const json* rhyme = find(root, "rhyme"); rhyme != nullptr) {
            if (hasKeys(*rhyme, "rhyme", {"tones", "neighbours", "repeat"})) {
                const std::string tones =
                    rhyme->value("tones", json("any")).is_string()
                        ? rhyme->value("tones", json("any")).get<std::string>()
                        : std::string();
                if (tones != "level" && tones != "any") {
                    fail("rhyme.tones", "must be \"level\" or \"any\"");
                }
                m_form.rhyme.tones =
                    tones == "level" ? RhymeRules::Tones::Level : RhymeRules::Tones::Any;
                m_form.rhyme.neighbours = flag(*rhyme, "neighbours", "rhyme.");
                m_form.rhyme.repeat = flag(*rhyme, "repeat", "rhyme.");
            }
        }
        if (const json* metre = find(root, "metre"); metre != nullptr) {
            if (hasKeys(*metre, "metre", {"feminineEnding", "invertedFirstFoot"})) {
                m_form.metre.feminineEnding = flag(*metre, "feminineEnding", "metre.");
                m_form.metre.invertedFirstFoot = flag(*metre, "invertedFirstFoot", "metre.");
            }
        }
    }

    void readForm(const json& root) {
        if (!hasKeys(root, "",
                     {"name", "language", "order", "title", "short", "description", "rhyme",
                      "metre", "licences", "parallel", "openings", "images", "variants"})) {
            return;
        }
        m_form.name = text(root, "name", "");
        const std::string language = text(root, "language", "");
        if (language != "en" && language != "zh") {
            fail("language", "must be \"en\" or \"zh\"");
        }
        m_form.language = language == "zh" ? Language::Chinese : Language::English;
        m_form.order = number(root, "order", "", 1000, 0, 100000);
        m_form.title = names(root, "title", "");
        m_form.shortTitle = root.contains("short") ? names(root, "short", "") : m_form.title;
        m_form.description = names(root, "description", "");
        readRules(root);
        readLicences(root);
        readParallel(root);
        readOpenings(root);
        m_form.images = flag(root, "images", "");
        readVariants(root);
    }

    std::string m_origin;
    std::string m_error;
    Form m_form;
};

} // namespace

Result<Form> readForm(std::string_view json, const std::string& origin) {
    return FormReader(origin).read(json);
}

} // namespace linnet::verse
