#include "verse/en_plan.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "verse/en_pronouncer.h"
#include "verse/english_words.h"
#include "verse/request_checks.h"

namespace linnet::verse {

namespace {

std::vector<std::string> wordsOf(const std::string& text) {
    std::vector<std::string> words = splitEnglishLine(text);
    std::erase_if(words, [](const std::string& word) { return isMark(word); });
    for (std::string& word : words) {
        word = lowerCase(word);
    }
    return words;
}

// True if some choice of pronunciations fills the tracks.
bool scans(const std::vector<EnTrack>& tracks,
           const std::vector<std::vector<Pronunciation>>& words) {
    return std::any_of(tracks.begin(), tracks.end(), [&](const EnTrack& track) {
        std::uint64_t reached = 1; // bit p: the first p places can be filled
        for (const auto& sounds : words) {
            std::uint64_t next = 0;
            for (int place = 0; place <= track.length(); ++place) {
                for (const Pronunciation& sound : sounds) {
                    const EnShape shape = shapeOf(sound);
                    const int end = place + shape.syllables;
                    if (((reached >> static_cast<unsigned>(place)) & 1U) != 0 &&
                        end <= track.length() && fits(track, end, shape)) {
                        next |= std::uint64_t{1} << static_cast<unsigned>(end);
                    }
                }
            }
            reached = next;
        }
        return ((reached >> static_cast<unsigned>(track.length())) & 1U) != 0;
    });
}

class EnPlanner {
public:
    EnPlanner(const PoemRequest& request, const FormLibrary& forms, const EnVocabulary& vocabulary,
              const EnLexicon& lexicon)
        : m_request(request)
        , m_forms(forms)
        , m_vocabulary(vocabulary)
        , m_lexicon(lexicon)
        , m_pronouncer(lexicon) {}

    std::variant<EnPlan, Refusal> run() {
        auto chosen = chooseForm(m_request, m_forms, Language::English);
        if (auto* refusal = std::get_if<Refusal>(&chosen)) {
            return *std::move(refusal);
        }
        m_chosen = std::get<ChosenForm>(std::move(chosen));
        m_plan.form = m_chosen.form;
        if (!m_request.style.empty()) {
            return refuse(RefusalKind::UnknownStyle, m_request.style,
                          "styles are for Chinese forms");
        }
        if (auto refusal = readRequest()) {
            return *std::move(refusal);
        }
        return tryVariants();
    }

private:
    using Check = std::optional<Refusal>;

    static std::string lineName(int line) { return "line " + std::to_string(line + 1); }

    Check readRequest() {
        for (const auto& [line, text] : fixedLines(m_request)) {
            if (line < 0) {
                return refuse(RefusalKind::OutOfRange, text, "lines are numbered from 1", line);
            }
            if (wordsOf(text).empty()) {
                return refuse(RefusalKind::FixedLine, text,
                              lineName(line) + ", \"" + text + "\", has no English words", line);
            }
            m_fixed[line] = text;
        }
        for (const char c : m_request.acrostic) {
            const auto byte = static_cast<unsigned char>(c);
            const char lower = lowerCase({&c, 1})[0];
            if (lower >= 'a' && lower <= 'z') {
                m_acrostic += lower;
            } else if (byte >= 0x80 || (c >= '0' && c <= '9')) {
                return refuse(RefusalKind::Acrostic, m_request.acrostic,
                              "no line can begin with a sign of \"" + m_request.acrostic +
                                  "\" that is not a letter from A to Z",
                              static_cast<int>(m_acrostic.size()));
            }
        }
        return {};
    }

    // The first variant that the request fits; else what is wrong with the first one.
    std::variant<EnPlan, Refusal> tryVariants() {
        const int spokenOf = std::max(static_cast<int>(m_acrostic.size()),
                                      m_fixed.empty() ? 0 : m_fixed.rbegin()->first + 1);
        const auto shapes = shapesFor(m_chosen.variants, m_request.lines, spokenOf);
        if (shapes.empty()) {
            return refuseLineCount(spokenOf);
        }
        Check reason;
        for (const ChosenShape& shape : shapes) {
            m_plan.variant = shape.variant;
            m_plan.layout = shape.layout;
            Check wrong = planLines();
            if (!wrong) {
                makePrompt();
                return std::move(m_plan);
            }
            reason = reason ? reason : wrong;
        }
        return *reason;
    }

    Refusal refuseLineCount(int spokenOf) const {
        std::vector<std::string> counts;
        for (const int count : m_chosen.form->lineCounts(6)) {
            counts.push_back(std::to_string(count));
        }
        const std::string has = "the form " + m_chosen.form->name + " has " + joined(counts) +
                                (counts.size() == 6 ? " ..." : "") + " lines";
        if (m_request.lines > 0 && spokenOf <= m_request.lines) {
            return refuse(RefusalKind::OutOfRange, "lines",
                          has + ", not " + std::to_string(m_request.lines));
        }
        if (static_cast<int>(m_acrostic.size()) >= spokenOf) {
            return refuse(RefusalKind::Acrostic, m_request.acrostic,
                          "the acrostic has " + std::to_string(m_acrostic.size()) +
                              " letters, but " + has);
        }
        return refuse(RefusalKind::OutOfRange, "fix",
                      "there is no line " + std::to_string(spokenOf) + ": " + has, spokenOf - 1);
    }

    Check planLines() {
        m_plan.lines.assign(m_plan.layout.lines.size(), {});
        m_plan.metres.clear();
        m_plan.rhymes.clear();
        m_metreOf.clear();
        for (std::size_t i = 0; i < m_plan.lines.size(); ++i) {
            if (auto refusal = planLine(i)) {
                return refusal;
            }
        }
        markClosingLines();
        if (auto refusal = askedRhyme()) {
            return refusal;
        }
        for (const auto& [letter, rhyme] : m_plan.rhymes) {
            if (auto refusal = checkPartners(letter, rhyme)) {
                return refusal;
            }
            if (rhyme.open) {
                countPartners(m_plan.lines[rhyme.toWrite.front()].metre);
            }
        }
        return {};
    }

    void markClosingLines() {
        std::set<int> heard; // since the last one
        for (std::size_t i = 0; i < m_plan.lines.size(); ++i) {
            if (m_plan.lines[i].letter >= 0) {
                heard.insert(m_plan.lines[i].letter);
            }
            const bool waited = std::any_of(
                m_plan.lines.begin() + static_cast<std::ptrdiff_t>(i) + 1, m_plan.lines.end(),
                [&](const EnLinePlan& line) { return heard.contains(line.letter); });
            if (!heard.empty() && !waited) {
                m_plan.lines[i].closes = true;
                heard.clear();
            }
        }
    }

    void countPartners(std::size_t metre) {
        std::vector<int>& counts = m_plan.partners[metre];
        for (std::size_t key = counts.size(); key < m_vocabulary.keyCount(); ++key) {
            counts.push_back(
                sparePartners(m_vocabulary, m_plan.metres[metre], static_cast<RhymeKey>(key), {}));
        }
    }

    Check planLine(std::size_t i) {
        EnLinePlan& line = m_plan.lines[i];
        const int number = static_cast<int>(i);
        line.letter = m_plan.layout.rhymes[i].letter;
        line.initial = i < m_acrostic.size() ? m_acrostic[i] : '\0';
        const auto fixed = m_fixed.find(number);
        if (line.letter >= 0) {
            EnRhymePlan& rhyme = m_plan.rhymes[line.letter];
            if (fixed == m_fixed.end()) {
                rhyme.toWrite.push_back(i);
            }
        }
        if (fixed != m_fixed.end()) {
            line.fixed = splitEnglishLine(fixed->second);
            line.written = fixed->second;
            return checkFixed(i);
        }
        line.metre = metreFor(m_plan.layout.lines[i], line.initial);
        if (!m_plan.metres[line.metre].possible()) {
            const std::string letter(1, line.initial);
            return refuse(RefusalKind::Acrostic, letter,
                          lineName(number) + " cannot begin with \"" + letter +
                              "\": no word of the model that begins with it fits there",
                          number);
        }
        return {};
    }

    // Lines of the same form and initial share one.
    std::size_t metreFor(const LineForm& form, char initial) {
        for (const auto& [known, index] : m_metreOf) {
            if (known.first->patterns == form.patterns &&
                known.first->minLength == form.minLength &&
                known.first->maxLength == form.maxLength && known.second == initial) {
                return index;
            }
        }
        m_plan.metres.emplace_back(tracksOf(form, m_plan.form->metre), m_vocabulary, initial);
        m_metreOf.push_back({{&form, initial}, m_plan.metres.size() - 1});
        return m_plan.metres.size() - 1;
    }

    Check checkFixed(std::size_t i) {
        EnLinePlan& line = m_plan.lines[i];
        const int number = static_cast<int>(i);
        const std::vector<std::string> words = wordsOf(line.written);
        const auto same = std::find_if(m_fixed.begin(), m_fixed.end(), [&](const auto& other) {
            return other.first < number && wordsOf(other.second) == words;
        });
        const std::string start = lineName(number) + ", \"" + line.written + "\", ";
        if (same != m_fixed.end()) {
            return refuse(RefusalKind::FixedLine, line.written,
                          start + "is the same as " + lineName(same->first), number);
        }
        std::vector<std::vector<Pronunciation>> sounds;
        for (const std::string& word : words) {
            Sounding found = m_pronouncer.sounding(word);
            const bool guessed =
                found.how == SoundSource::Letters || found.how == SoundSource::None;
            sounds.push_back(std::move(found.pronunciations));
            if (guessed || sounds.back().empty()) {
                return refuse(RefusalKind::FixedLine, word,
                              start + "has the word \"" + word +
                                  "\", which is neither in the dictionary nor derived from "
                                  "a word that is",
                              number);
            }
        }
        const auto first = std::find_if(words.front().begin(), words.front().end(),
                                        [](char c) { return c >= 'a' && c <= 'z'; });
        if (line.initial != 0 && (first == words.front().end() || *first != line.initial)) {
            return refuse(RefusalKind::Acrostic, std::string(1, line.initial),
                          start + "does not begin with \"" + std::string(1, line.initial) +
                              "\" of the acrostic",
                          number);
        }
        const LineForm& form = m_plan.layout.lines[i];
        std::vector<EnTrack> tracks;
        if (form.patterns.empty() && form.minLength != form.maxLength) {
            return {}; // of any length
        }
        tracks = tracksOf(form, m_plan.form->metre);
        if (!scans(tracks, sounds)) {
            return refuseScansion(i, tracks, sounds);
        }
        return line.letter >= 0 ? fixedRhyme(i, words.back(), tracks, sounds) : Check();
    }

    Refusal refuseScansion(std::size_t i, std::vector<EnTrack> tracks,
                           const std::vector<std::vector<Pronunciation>>& sounds) const {
        const EnLinePlan& line = m_plan.lines[i];
        std::set<std::size_t> lengths;
        for (EnTrack& track : tracks) {
            lengths.insert(track.places.size());
            std::fill(track.places.begin(), track.places.end(), Place::Any);
        }
        std::string wanted;
        for (const std::size_t length : lengths) {
            wanted += (wanted.empty() ? "" : " or ") + std::to_string(length);
        }
        const bool length = scans(tracks, sounds);
        return refuse(RefusalKind::FixedLine, line.written,
                      lineName(static_cast<int>(i)) + ", \"" + line.written + "\", " +
                          (length ? "has the primary stress of a word at a weak place"
                                  : "does not have " + wanted + " syllables"),
                      static_cast<int>(i));
    }

    // Keeps the rhymes that this line allows: those of its last word said so that the line scans.
    Check fixedRhyme(std::size_t i, const std::string& word, const std::vector<EnTrack>& tracks,
                     std::vector<std::vector<Pronunciation>> words) {
        EnRhymePlan& rhyme = m_plan.rhymes[m_plan.lines[i].letter];
        std::set<RhymeKey> keys;
        std::set<std::string> phonemes;
        const std::vector<Pronunciation> sounds = words.back();
        for (const Pronunciation& sound : sounds) {
            words.back() = {sound};
            if (!sound.rhymePart().empty() && scans(tracks, words)) {
                m_ownKeys.emplace(phonemeKey(sound.rhymePart()),
                                  -2 - static_cast<RhymeKey>(m_ownKeys.size()));
                keys.insert(m_vocabulary.keyOf(sound).value_or(
                    m_ownKeys.at(phonemeKey(sound.rhymePart()))));
            }
            phonemes.insert(phonemeKey(sound.phones()));
        }
        const std::string start =
            lineName(static_cast<int>(i)) + " ends with \"" + word + "\", which ";
        for (const auto& [other, heard] : m_endSounds) {
            const bool homophones =
                std::any_of(phonemes.begin(), phonemes.end(),
                            [&](const std::string& one) { return heard.contains(one); });
            if (m_plan.lines[other].letter == m_plan.lines[i].letter && homophones && other < i) {
                return refuse(RefusalKind::FixedLine, word,
                              start + "sounds like the end of " + lineName(static_cast<int>(other)),
                              static_cast<int>(i));
            }
        }
        m_endSounds[i] = phonemes;
        std::set<RhymeKey> kept;
        for (const RhymeKey key : keys) {
            if (rhyme.open || rhyme.keys.contains(key)) {
                kept.insert(key);
            }
        }
        if (kept.empty()) {
            return refuse(RefusalKind::FixedLine, word,
                          start + (rhyme.open ? "cannot rhyme" : "does not rhyme with the others"),
                          static_cast<int>(i));
        }
        rhyme.open = false;
        rhyme.keys = kept;
        for (const Pronunciation& sound : sounds) { // also of a word that the model cannot write
            if (const auto homophones = m_vocabulary.phonemesOf(sound)) {
                rhyme.phonemes.insert(*homophones);
            }
        }
        return {};
    }

    // The word that was asked for sets the first rhyme and ends its first open line.
    Check askedRhyme() {
        if (m_request.rhyme.empty()) {
            return {};
        }
        const std::vector<std::string> words = wordsOf(m_request.rhyme);
        if (m_plan.rhymes.empty()) {
            return refuse(RefusalKind::Rhyme, m_request.rhyme,
                          "the form " + m_plan.form->name + " has no rhyme");
        }
        const std::string word = words.empty() ? "" : words.back();
        std::set<RhymeKey> keys;
        for (const Pronunciation& sound : m_lexicon.pronunciations(word)) {
            if (const auto key = m_vocabulary.keyOf(sound)) {
                keys.insert(*key);
            }
        }
        if (keys.empty()) {
            return refuse(RefusalKind::Rhyme, m_request.rhyme,
                          m_lexicon.contains(word)
                              ? "nothing that the model can write rhymes with \"" + word + "\""
                              : "the dictionary does not know the rhyme word \"" + word + "\"");
        }
        auto& [letter, rhyme] = *m_plan.rhymes.begin();
        if (!rhyme.open) {
            std::erase_if(keys, [&](RhymeKey key) { return !rhyme.keys.contains(key); });
            if (keys.empty()) {
                return refuse(RefusalKind::Rhyme, m_request.rhyme,
                              "\"" + word + "\" does not rhyme with the fixed lines");
            }
        }
        rhyme.open = false;
        rhyme.keys = keys;
        return placeRhymeWord(rhyme, word);
    }

    Check placeRhymeWord(EnRhymePlan& rhyme, const std::string& word) {
        const EnWord* known = m_vocabulary.find(word);
        if (known == nullptr) {
            return {}; // the others can rhyme with it all the same
        }
        const bool there = std::any_of(m_fixed.begin(), m_fixed.end(), [&](const auto& fixed) {
            const EnLinePlan& line = m_plan.lines[static_cast<std::size_t>(fixed.first)];
            return line.letter >= 0 && wordsOf(fixed.second).back() == word;
        });
        for (const std::size_t i : there ? std::vector<std::size_t>() : rhyme.toWrite) {
            const EnLinePlan& line = m_plan.lines[i];
            std::set<RhymeKey> keys; // as which it can end this line
            for (const EnSound& sound : known->sounds) {
                if (rhyme.keys.contains(sound.key) &&
                    m_plan.metres[line.metre].mayEnd(sound, known->initial == line.initial, true)) {
                    keys.insert(sound.key);
                }
            }
            if (!keys.empty()) {
                rhyme.keys = std::move(keys);
                m_plan.lines[i].end = known;
                std::erase(rhyme.toWrite, i);
                for (const EnSound& sound : known->sounds) {
                    rhyme.phonemes.insert(sound.phonemes);
                }
                return {};
            }
        }
        return {};
    }

    Check checkPartners(int letter, const EnRhymePlan& rhyme) {
        if (rhyme.open || rhyme.toWrite.empty()) {
            return {};
        }
        const int need = static_cast<int>(rhyme.toWrite.size());
        int most = 0;
        for (const RhymeKey key : rhyme.keys) {
            int least = std::numeric_limits<int>::max();
            for (const std::size_t i : rhyme.toWrite) {
                least = std::min(least,
                                 sparePartners(m_vocabulary, m_plan.metres[m_plan.lines[i].metre],
                                               key, rhyme.phonemes));
            }
            most = std::max(most, least);
        }
        if (most >= need) {
            return {};
        }
        std::string given = m_request.rhyme;
        for (const auto& [line, text] : m_fixed) {
            if (m_plan.lines[static_cast<std::size_t>(line)].letter == letter) {
                given = wordsOf(text).back();
            }
        }
        return refuse(RefusalKind::Rhyme, given,
                      "there are not enough rhymes for \"" + given + "\": " + std::to_string(need) +
                          (need == 1 ? " line needs one" : " lines need one each") + ", and " +
                          (most == 0 ? "none fits" : "only " + std::to_string(most) + " fit"));
    }

    void makePrompt() {
        EnglishPrompt& prompt = m_plan.prompt;
        prompt.form = englishFormOf(m_plan.form->name);
        m_plan.images = m_plan.form->images;
        const auto& lines = m_plan.layout.lines;
        const auto syllables = [&](std::size_t i) { return lines[i].maxLength; };
        if (prompt.form == EnglishForm::Ballad && lines.size() > 1) {
            prompt.measure = Measure{syllables(0), syllables(1) != syllables(0)};
        } else if (!lines.front().patterns.empty() && prompt.form != EnglishForm::Limerick) {
            prompt.measure = Measure{syllables(0), false};
        }
        m_plan.title = m_request.title.empty() ? m_request.theme : m_request.title;
        std::vector<std::string> words =
            wordsOf(m_request.theme.empty() ? m_request.title : m_request.theme);
        for (const std::string& keyword : m_request.keywords) {
            std::vector<std::string> parts = wordsOf(keyword);
            std::erase_if(parts, [&](auto& word) { return m_vocabulary.find(word) == nullptr; });
            words.insert(words.end(), parts.begin(), parts.end());
            if (!parts.empty()) {
                m_plan.keywords.push_back(std::move(parts));
            }
        }
        for (const std::string& word : words) {
            const EnWord* entry = m_vocabulary.find(word);
            if (entry == nullptr || !entry->function) {
                m_plan.subjects.push_back(word);
            }
            if (entry != nullptr && !entry->function && m_plan.theme.insert(word).second) {
                prompt.theme.push_back(entry->text);
            }
        }
    }

    const PoemRequest& m_request;
    const FormLibrary& m_forms;
    const EnVocabulary& m_vocabulary;
    const EnLexicon& m_lexicon;
    EnPronouncer m_pronouncer;
    ChosenForm m_chosen;
    std::map<int, std::string> m_fixed;
    std::string m_acrostic;
    std::map<std::string, RhymeKey> m_ownKeys; // rhymes that no word of the model has
    std::map<std::size_t, std::set<std::string>> m_endSounds;
    std::vector<std::pair<std::pair<const LineForm*, char>, std::size_t>> m_metreOf;
    EnPlan m_plan;
};

} // namespace

int sparePartners(const EnVocabulary& vocabulary, const EnMetre& metre, RhymeKey key,
                  const std::set<std::int32_t>& taken) {
    std::set<std::int32_t> classes;
    int widest = 1; // classes that one choice can use up
    for (const std::int32_t index : vocabulary.rhyming(key)) {
        const EnWord& word = vocabulary.words()[static_cast<std::size_t>(index)];
        const bool free =
            std::none_of(word.sounds.begin(), word.sounds.end(),
                         [&](const EnSound& sound) { return taken.contains(sound.phonemes); });
        int own = 0;
        for (const EnSound& sound : word.sounds) {
            if (free && sound.key == key && metre.mayEnd(sound, false, true) &&
                classes.insert(sound.phonemes).second) {
                ++own;
            }
        }
        widest = std::max(widest, own);
    }
    return (static_cast<int>(classes.size()) + widest - 1) / widest;
}

std::variant<EnPlan, Refusal> planEnglishPoem(const PoemRequest& request, const FormLibrary& forms,
                                              const EnVocabulary& vocabulary,
                                              const EnLexicon& lexicon) {
    return EnPlanner(request, forms, vocabulary, lexicon).run();
}

} // namespace linnet::verse
