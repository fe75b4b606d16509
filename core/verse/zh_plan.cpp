#include "verse/zh_plan.h"

#include <algorithm>
#include <array>
#include <utility>

#include "verse/english_words.h"
#include "verse/request_checks.h"
#include "verse/utf8.h"
#include "verse/verse_data.h"
#include "verse/zh_rhyme_plan.h"
#include "verse/zh_rules.h"

namespace linnet::verse {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> dynastyNames = {{
    {"han", "汉"},
    {"three kingdoms", "三国"},
    {"jin", "晋"},
    {"northern and southern", "南北朝"},
    {"southern and northern", "南北朝"},
    {"six dynasties", "南北朝"},
    {"sui", "隋"},
    {"tang", "唐"},
    {"five dynasties", "五代十国"},
    {"song", "宋"},
    {"sung", "宋"},
    {"liao", "辽"},
    {"jurchen jin", "金"},
    {"yuan", "元"},
    {"ming", "明"},
    {"qing", "清"},
}};

// Images that the prompt names for the theme, which training has seen with words so short.
constexpr std::size_t promptImages = 4;

std::vector<ZhSound> soundsOf(const ZhLexicon& lexicon, std::u32string_view text) {
    std::vector<ZhSound> sounds;
    for (const char32_t character : text) {
        sounds.push_back(soundOf(lexicon, character));
    }
    return sounds;
}

// Spaces and punctuation do not count in a line or an acrostic; letters and digits do.
bool isFiller(char32_t c) {
    const bool asciiAlnum =
        (c >= U'0' && c <= U'9') || (c >= U'A' && c <= U'Z') || (c >= U'a' && c <= U'z');
    return (c < 0x80 && !asciiAlnum) || (c >= 0x2000 && c <= 0x206F) ||
           (c >= 0x3000 && c <= 0x303F && c != U'〇') || (c >= 0xFF00 && c <= 0xFF0F) ||
           (c >= 0xFF1A && c <= 0xFF20) || c == 0xFEFF || c == 0xA0;
}

class ZhPlanner {
public:
    ZhPlanner(const PoemRequest& request, const VerseData& data, const ZhVocabulary& vocabulary,
              const ScriptConverter* converter)
        : m_request(request)
        , m_data(data)
        , m_vocabulary(vocabulary)
        , m_lexicon(vocabulary.lexicon())
        , m_converter(converter) {}

    std::variant<ZhPlan, Refusal> run() {
        auto chosen = chooseForm(m_request, m_data.forms, Language::Chinese);
        if (auto* refusal = std::get_if<Refusal>(&chosen)) {
            return *std::move(refusal);
        }
        m_chosen = std::get<ChosenForm>(std::move(chosen));
        if (m_request.traditional && m_converter == nullptr) {
            return refuse(RefusalKind::UnknownStyle, "traditional",
                          "this build cannot write traditional characters: it has no OpenCC");
        }
        m_plan.form = m_chosen.form;
        for (const auto step :
             {&ZhPlanner::readStyle, &ZhPlanner::readLines, &ZhPlanner::chooseShape,
              &ZhPlanner::checkRepeats, &ZhPlanner::checkFixedLines, &ZhPlanner::placeAcrostic,
              &ZhPlanner::chooseRhymes}) {
            if (auto refusal = (this->*step)()) {
                return *std::move(refusal);
            }
        }
        makePrompt();
        return std::move(m_plan);
    }

private:
    using Check = std::optional<Refusal>;

    std::u32string simplified(const std::string& text) const {
        return toCodePoints(m_converter != nullptr ? m_converter->toSimplified(text) : text);
    }

    // The characters that count.
    std::u32string characters(const std::string& text) const {
        std::u32string kept = simplified(text);
        std::erase_if(kept, isFiller);
        return kept;
    }

    Check readStyle() {
        std::string style = m_request.style;
        if (style.empty()) {
            return {};
        }
        style = toUtf8(simplified(style));
        for (const std::string_view suffix : {"代", "朝", "诗", "词", " dynasty"}) {
            if (style.size() > suffix.size() && style.ends_with(suffix) && style != "南北朝") {
                style.resize(style.size() - suffix.size());
            }
        }
        const auto named = std::find_if(dynastyNames.begin(), dynastyNames.end(), [&](auto entry) {
            return lowerCase(style).starts_with(entry.first) || style == entry.second;
        });
        if (named == dynastyNames.end()) {
            return refuse(RefusalKind::UnknownStyle, m_request.style,
                          "there is no style \"" + m_request.style +
                              "\"; there are: " + joined(chineseDynasties()));
        }
        m_plan.prompt.dynasty = std::string(named->second);
        return {};
    }

    Check readLines() {
        for (const auto& [line, text] : fixedLines(m_request)) {
            const std::u32string kept = characters(text);
            if (line < 0) {
                return refuse(RefusalKind::OutOfRange, text, "lines are numbered from 1", line);
            }
            if (kept.empty() || !std::all_of(kept.begin(), kept.end(), isIdeograph)) {
                return refuse(RefusalKind::FixedLine, text,
                              "line " + std::to_string(line + 1) + ", \"" + text +
                                  "\", is not made of Chinese characters",
                              line);
            }
            m_fixed[line] = {kept, text};
        }
        for (const char32_t character : characters(m_request.acrostic)) {
            if (!isIdeograph(character)) {
                return refuse(RefusalKind::Acrostic, toUtf8({&character, 1}),
                              "no line can begin with \"" + toUtf8({&character, 1}) +
                                  "\": an acrostic is made of Chinese characters",
                              static_cast<int>(m_acrostic.size()));
            }
            m_acrostic += character;
        }
        return {};
    }

    // The variants in one number of lines and one length of line.
    Check chooseShape() {
        const int spokenOf = std::max(static_cast<int>(m_acrostic.size()),
                                      m_fixed.empty() ? 0 : m_fixed.rbegin()->first + 1);
        std::vector<ChosenShape> shapes = shapesFor(m_chosen.variants, m_request.lines, spokenOf);
        if (shapes.empty()) {
            return refuseLineCount(spokenOf);
        }
        const auto fitsLengths = [&](const ChosenShape& shape) {
            return std::all_of(m_fixed.begin(), m_fixed.end(), [&](const auto& entry) {
                const int length = static_cast<int>(entry.second.first.size());
                const LineForm& line = shape.layout.lines[static_cast<std::size_t>(entry.first)];
                return line.minLength <= length && length <= line.maxLength;
            });
        };
        const auto first = std::find_if(shapes.begin(), shapes.end(), fitsLengths);
        if (first == shapes.end()) {
            return refuseLength(shapes.front().layout);
        }
        const Layout shape = first->layout;
        for (ChosenShape& candidate : shapes) {
            const bool same =
                std::equal(shape.lines.begin(), shape.lines.end(), candidate.layout.lines.begin(),
                           candidate.layout.lines.end(),
                           [](auto& a, auto& b) { return a.minLength == b.minLength; });
            if (same) {
                m_plan.variants.push_back(candidate.variant);
                m_plan.layouts.push_back(std::move(candidate.layout));
            }
        }
        m_plan.lines.resize(shape.lines.size());
        for (const auto& [line, text] : m_fixed) {
            m_plan.lines[static_cast<std::size_t>(line)].fixed = text.first;
            m_plan.lines[static_cast<std::size_t>(line)].written = text.second;
        }
        return {};
    }

    Refusal refuseLineCount(int spokenOf) const {
        std::vector<std::string> counts;
        for (const int count : m_chosen.form->lineCounts()) {
            counts.push_back(std::to_string(count));
        }
        const std::string has = m_chosen.form->title.zh + " has " + joined(counts) + " lines";
        if (m_request.lines > 0 && spokenOf <= m_request.lines) {
            return refuse(RefusalKind::OutOfRange, "lines",
                          has + ", not " + std::to_string(m_request.lines));
        }
        if (static_cast<int>(m_acrostic.size()) >= spokenOf) {
            return refuse(RefusalKind::Acrostic, m_request.acrostic,
                          "the acrostic has " + std::to_string(m_acrostic.size()) +
                              " characters, but " + has);
        }
        return refuse(RefusalKind::OutOfRange, "fix",
                      "there is no line " + std::to_string(spokenOf) + ": " + has, spokenOf - 1);
    }

    Refusal refuseLength(const Layout& layout) const {
        for (const auto& [line, text] : m_fixed) {
            const LineForm& form = layout.lines[static_cast<std::size_t>(line)];
            const int length = static_cast<int>(text.first.size());
            if (length < form.minLength || length > form.maxLength) {
                return refuse(RefusalKind::FixedLine, text.second,
                              "line " + std::to_string(line + 1) + ", \"" + text.second +
                                  "\", has " + std::to_string(length) + " characters where " +
                                  m_chosen.form->title.zh + " has " +
                                  std::to_string(form.minLength),
                              line);
            }
        }
        return refuse(RefusalKind::NoSolution, m_chosen.form->name,
                      "no variant of " + m_chosen.form->title.zh +
                          " has lines of all these lengths");
    }

    // Drops the variants that a fixed line contradicts.
    Check checkFixedLines() {
        for (const auto& [line, text] : m_fixed) {
            const auto at = static_cast<std::size_t>(line);
            const std::vector<ZhSound> sounds = soundsOf(m_lexicon, text.first);
            std::size_t reached = 0; // the furthest place where a pattern fails
            bool someFits = false;
            std::vector<bool> keep;
            for (const Layout& layout : m_plan.layouts) {
                keep.push_back(fits(layout, at, sounds, reached));
            }
            for (const Variant* variant : m_chosen.variants) {
                std::size_t ignored = 0;
                const int size = static_cast<int>(variant->lines.size());
                const int blocks = static_cast<int>(m_plan.lines.size()) / size;
                someFits = someFits || (static_cast<std::size_t>(blocks * size) > at &&
                                        fits(layoutOf(*variant, blocks), at, sounds, ignored));
            }
            if (std::find(keep.begin(), keep.end(), true) == keep.end()) {
                return refuseTones(line, text.second, text.first, reached, someFits);
            }
            m_plan.keep(keep);
        }
        return {};
    }

    bool fits(const Layout& layout, std::size_t line, const std::vector<ZhSound>& sounds,
              std::size_t& reached) const {
        const auto patterns = licensedPatterns(*m_plan.form, layout.lines[line]);
        for (const Pattern& pattern : patterns) {
            const auto misfit = firstMisfit(pattern, sounds);
            if (!misfit) {
                return true;
            }
            reached = std::max(reached, *misfit);
        }
        return patterns.empty();
    }

    Refusal refuseTones(int line, const std::string& written, std::u32string_view text,
                        std::size_t place, bool alone) const {
        const std::string start = "line " + std::to_string(line + 1) + ", \"" + written + "\", ";
        if (alone && m_fixed.size() > 1) {
            return refuse(RefusalKind::NoSolution, written,
                          start + "does not go with the other fixed lines: no variant of " +
                              m_plan.form->title.zh + " has the tones of all of them (对, 粘)",
                          line);
        }
        const std::u32string_view character = text.substr(std::min(place, text.size() - 1), 1);
        return refuse(RefusalKind::FixedLine, written,
                      start + "breaks the tones of " + m_plan.form->title.zh + " at \"" +
                          toUtf8(character) + "\", character " + std::to_string(place + 1),
                      line);
    }

    Check checkRepeats() {
        std::map<std::u32string, int> seen;
        for (const auto& [line, text] : m_fixed) {
            const auto [at, fresh] = seen.emplace(text.first, line);
            if (!fresh) {
                return refuse(RefusalKind::FixedLine, text.second,
                              "lines " + std::to_string(at->second + 1) + " and " +
                                  std::to_string(line + 1) + " are the same",
                              line);
            }
        }
        return {};
    }

    Check placeAcrostic() {
        for (std::size_t i = 0; i < m_acrostic.size(); ++i) {
            ZhLinePlan& line = m_plan.lines[i];
            const std::string character = toUtf8(std::u32string_view(m_acrostic).substr(i, 1));
            if (!line.fixed.empty()) {
                if (line.fixed[0] != m_acrostic[i]) {
                    return refuse(RefusalKind::Acrostic, character,
                                  "line " + std::to_string(i + 1) + " is fixed and does not " +
                                      "begin with \"" + character + "\" of the acrostic",
                                  static_cast<int>(i));
                }
                continue;
            }
            line.first = m_acrostic[i];
            const ZhSound sound = soundOf(m_lexicon, m_acrostic[i]);
            std::vector<bool> keep;
            for (const Layout& layout : m_plan.layouts) {
                const auto& patterns = layout.lines[i].patterns;
                keep.push_back(patterns.empty() ||
                               std::any_of(patterns.begin(), patterns.end(), [&](auto& pattern) {
                                   return canStand(sound, pattern.front());
                               }));
            }
            if (std::find(keep.begin(), keep.end(), true) == keep.end()) {
                return refuse(RefusalKind::Acrostic, character,
                              "line " + std::to_string(i + 1) + " cannot begin with \"" +
                                  character + "\": its tone does not fit there",
                              static_cast<int>(i));
            }
            m_plan.keep(keep);
        }
        return {};
    }

    Check chooseRhymes() {
        return planChineseRhymes(m_plan, m_request.rhyme, characters(m_request.rhyme), m_acrostic,
                                 m_vocabulary);
    }

    void makePrompt() {
        std::string theme = m_request.theme.empty() ? m_request.title : m_request.theme;
        m_plan.title = m_request.title.empty() ? m_request.theme : m_request.title;
        for (const std::string& keyword : m_request.keywords) {
            if (std::u32string kept = characters(keyword); !kept.empty()) {
                theme += keyword;
                m_plan.keywords.push_back(std::move(kept));
            }
            m_plan.title += m_request.theme.empty() && m_request.title.empty() ? keyword : "";
        }
        if (m_plan.title.empty()) {
            m_plan.title = "无题";
        }
        readTheme(characters(theme));
        ChinesePrompt& prompt = m_plan.prompt;
        prompt.characters = m_plan.layouts.front().lines.front().maxLength;
        prompt.lines = static_cast<int>(m_plan.lines.size());
        prompt.theme = toUtf8(m_plan.theme + m_plan.images.substr(0, promptImages));
        const ZhLinePlan& second = m_plan.lines[std::min<std::size_t>(1, m_plan.lines.size() - 1)];
        const char32_t rhyme = second.fixed.empty() ? second.last : second.fixed.back();
        if (rhyme != 0 && !m_plan.groups.empty()) {
            prompt.rhyme = toUtf8({&rhyme, 1});
        }
    }

    // Characters that the model can write steer it; a word of today gives way to its images.
    void readTheme(std::u32string_view theme) {
        const ThemeImages::Reading reading = m_data.images.read(theme);
        const auto keep = [&](const std::u32string& from, std::u32string& to) {
            for (const char32_t character : from) {
                if (m_vocabulary.entryOf(character) != nullptr &&
                    (m_plan.theme + m_plan.images).find(character) == std::u32string::npos) {
                    to += character;
                }
            }
        };
        keep(reading.plain, m_plan.theme);
        keep(reading.images, m_plan.images);
    }

    const PoemRequest& m_request;
    const VerseData& m_data;
    const ZhVocabulary& m_vocabulary;
    const ZhLexicon& m_lexicon;
    const ScriptConverter* m_converter;
    ChosenForm m_chosen;
    std::map<int, std::pair<std::u32string, std::string>> m_fixed; // simplified, as written
    std::u32string m_acrostic;
    ZhPlan m_plan;
};

} // namespace

void ZhPlan::keep(const std::vector<bool>& kept) {
    std::vector<const Variant*> keptVariants;
    std::vector<Layout> keptLayouts;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (kept[i]) {
            keptVariants.push_back(variants[i]);
            keptLayouts.push_back(std::move(layouts[i]));
        }
    }
    variants = std::move(keptVariants);
    layouts = std::move(keptLayouts);
}

std::variant<ZhPlan, Refusal> planChinesePoem(const PoemRequest& request, const VerseData& data,
                                              const ZhVocabulary& vocabulary,
                                              const ScriptConverter* converter) {
    return ZhPlanner(request, data, vocabulary, converter).run();
}

} // namespace linnet::verse
