#include "verse/en_analysis.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "verse/mosaic_rhyme.h"
#include "verse/utf8.h"

namespace linnet::verse {

namespace {

bool isApostrophe(std::string_view text, std::size_t at) {
    return text.substr(at, 1) == "'" || text.substr(at, 3) == "\u2019" ||
           text.substr(at, 3) == "\u2018";
}

std::size_t apostropheLength(std::string_view text, std::size_t at) {
    return text[at] == '\'' ? 1 : 3;
}

bool isWordByte(std::string_view text, std::size_t at) {
    const auto c = static_cast<unsigned char>(text[at]);
    const bool ascii = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    // Letters with accents are at U+00C0 and after: lead bytes C3 to C9 and what follows them.
    const bool accented = c >= 0xC3 && c <= 0xC9;
    return ascii || accented;
}

// The end of the word that begins at `at`: letters, apostrophes, single hyphens inside.
std::size_t wordEnd(std::string_view text, std::size_t at, std::size_t end) {
    while (at < end) {
        if (isWordByte(text, at)) {
            at += static_cast<unsigned char>(text[at]) >= 0xC3 ? 2 : 1;
        } else if (isApostrophe(text, at)) {
            at += apostropheLength(text, at);
        } else if (text[at] == '-' && at + 1 < end && isWordByte(text, at + 1)) {
            ++at;
        } else {
            break;
        }
    }
    return std::min(at, end);
}

std::vector<WordAnalysis> readWords(std::string_view text, std::size_t begin, std::size_t end,
                                    const EnPronouncer& pronouncer) {
    std::vector<WordAnalysis> words;
    for (std::size_t at = begin; at < end;) {
        const bool starts = isWordByte(text, at) || isApostrophe(text, at);
        const std::size_t stop = starts ? wordEnd(text, at, end) : at + 1;
        WordAnalysis word;
        word.begin = at;
        word.end = stop;
        word.text = text.substr(at, stop - at);
        at = stop;
        if (!starts) {
            continue;
        }
        word.sounding = pronouncer.sounding(word.text);
        const bool letters = std::any_of(word.text.begin(), word.text.end(), [](char c) {
            return isWordByte(std::string_view(&c, 1), 0);
        });
        if (letters) {
            words.push_back(std::move(word));
        }
    }
    return words;
}

// What rhymes and repetitions are told by: no quotation marks, no capitals.
std::string plainWord(const WordAnalysis& word) {
    std::string plain = EnLexicon::normalised(word.text);
    plain.erase(0, std::min(plain.find_first_not_of('\''), plain.size()));
    while (!plain.empty() && plain.back() == '\'') {
        plain.pop_back();
    }
    return plain;
}

std::string phonemes(std::span<const Phone> phones) {
    std::string text;
    for (const Phone phone : phones) {
        const std::string name = toString(withStress(phone, Stress::None));
        text += (text.empty() ? "" : " ") + (isVowel(phone) ? name.substr(0, 2) : name);
    }
    return text;
}

// Whether a line may be read so: with no more faults than in its best reading.
bool readsAsWell(const Scansion& scansion, const Scansion& best) {
    return !best.found || (scansion.found && scansion.misses.size() <= best.misses.size());
}

bool soundAlike(const WordAnalysis& first, const WordAnalysis& second) {
    const auto& ones = first.sounding.pronunciations;
    const auto& others = second.sounding.pronunciations;
    return std::any_of(ones.begin(), ones.end(), [&](const Pronunciation& one) {
        return std::any_of(others.begin(), others.end(), [&](const Pronunciation& other) {
            return samePhonemes(one.phones(), other.phones());
        });
    });
}

// What the line ends on, as it was read.
std::string endingOf(const LineAnalysis& line) {
    if (line.words.empty() || line.words.back().sounding.pronunciations.empty()) {
        return {};
    }
    const WordAnalysis& last = line.words.back();
    return phonemes(last.sounding.pronunciations[last.chosen].rhymePart());
}

std::string joined(const std::vector<int>& numbers) {
    std::string text;
    for (const int number : numbers) {
        text += (text.empty() ? "" : " or ") + std::to_string(number);
    }
    return text;
}

std::string wantedLengths(const LineForm& form, const MetreRules& rules) {
    std::set<int> lengths;
    for (const Pattern& pattern : form.patterns) {
        lengths.insert(static_cast<int>(pattern.size()));
    }
    if (lengths.empty() && form.minLength != form.maxLength) {
        return std::to_string(form.minLength) + " to " + std::to_string(form.maxLength);
    }
    lengths.insert(form.minLength);
    std::string text = joined({lengths.begin(), lengths.end()});
    if (rules.feminineEnding) {
        text += " (" + std::to_string(*lengths.rbegin() + 1) + " with a feminine ending)";
    }
    return text;
}

} // namespace

std::vector<LineAnalysis> readEnglishLines(std::string_view text,
                                           const std::vector<VerseLine>& lines,
                                           const EnPronouncer& pronouncer) {
    std::vector<LineAnalysis> all;
    for (const VerseLine& line : lines) {
        LineAnalysis read;
        // An apostrophe beside the line's first or last letter belongs to its word: 'tis, th'.
        read.begin = line.begin;
        for (const std::size_t length : {std::size_t{1}, std::size_t{3}}) {
            if (line.begin >= length && isApostrophe(text, line.begin - length) &&
                apostropheLength(text, line.begin - length) == length) {
                read.begin = line.begin - length;
                break;
            }
        }
        read.end = line.end < text.size() && isApostrophe(text, line.end)
                       ? line.end + apostropheLength(text, line.end)
                       : line.end;
        read.text = text.substr(read.begin, read.end - read.begin);
        read.startsStanza = !all.empty() && (&line - 1)->paragraph != line.paragraph;
        read.words = readWords(text, read.begin, read.end, pronouncer);
        read.lengths = possibleLengths(read.words);
        all.push_back(std::move(read));
    }
    return all;
}

void EnAnalysis::run(Analysis& analysis) const {
    const int count = static_cast<int>(analysis.lines.size());
    const int size = static_cast<int>(m_variant.lines.size());
    if (!blocksFor(m_variant, count)) {
        analysis.faults.push_back(
            {FaultKind::LineCount, 0, 0,
             std::to_string(count) + " lines, where the form has " + joined(m_form.lineCounts(8))});
    }
    const int blocks =
        std::clamp((count + size - 1) / size, m_variant.minBlocks, m_variant.maxBlocks);
    const Layout layout = layoutOf(m_variant, blocks);
    std::vector<Scansion> scansions = scanLines(layout, analysis);
    int letters = 0;
    for (const RhymeMark mark : layout.rhymes) {
        letters = std::max(letters, mark.letter + 1);
    }
    std::vector<Rhyme> rhymes;
    for (int letter = 0; letter < letters; ++letter) {
        rhymes.push_back(chooseRhyme(letter, layout, scansions, analysis));
    }
    for (std::size_t i = 0; i < scansions.size(); ++i) {
        checkLine(layout.lines[i], scansions[i], i, analysis);
    }
    checkWords(analysis);
    for (const Rhyme& rhyme : rhymes) {
        checkRhyme(rhyme, analysis);
    }
    remarkExtraRhymes(layout, analysis);
}

void EnAnalysis::checkWords(Analysis& analysis) const {
    for (std::size_t i = 0; i < analysis.lines.size(); ++i) {
        int syllable = 1;
        for (const WordAnalysis& word : analysis.lines[i].words) {
            const Sounding& sounding = word.sounding;
            const int line = static_cast<int>(i) + 1;
            if (sounding.how == SoundSource::None) {
                analysis.faults.push_back({FaultKind::NotAWord, line, syllable,
                                           "\"" + word.text + "\" has no letters to be read"});
                continue;
            }
            const Pronunciation& said = sounding.pronunciations[word.chosen];
            if (sounding.how == SoundSource::Letters) {
                analysis.faults.push_back(
                    {FaultKind::UnknownWord, line, syllable,
                     "\"" + word.text + "\" is not in the dictionary; guessed from its letters: " +
                         said.toString()});
            } else if (sounding.how != SoundSource::Dictionary) {
                analysis.remarks.push_back(
                    {FaultKind::DerivedWord, line, syllable,
                     "\"" + word.text + "\" is not in the dictionary; its sound comes from " +
                         (sounding.from.empty() ? std::string("a list of poetic forms")
                                                : sounding.from)});
            }
            syllable += said.syllables();
        }
    }
}

// The best reading of each line of the form by itself. Lines beyond it are read as they are usually
// said.
std::vector<Scansion> EnAnalysis::scanLines(const Layout& layout, Analysis& analysis) const {
    std::vector<Scansion> scansions;
    for (std::size_t i = 0; i < analysis.lines.size(); ++i) {
        LineAnalysis& line = analysis.lines[i];
        if (i < layout.lines.size()) {
            scansions.push_back(scan(line.words, layout.lines[i], m_form.metre));
            continue;
        }
        LineForm any;
        any.minLength = any.maxLength = std::max(1, line.lengths.front());
        const Scansion scansion = scan(line.words, any, {});
        line.length = scansion.syllables;
        line.marks = stressMarks(line.words, scansion);
    }
    return scansions;
}

void EnAnalysis::checkLine(const LineForm& form, const Scansion& scansion, std::size_t index,
                           Analysis& analysis) const {
    LineAnalysis& line = analysis.lines[index];
    const int number = static_cast<int>(index) + 1;
    for (std::size_t w = 0; w < line.words.size(); ++w) {
        line.words[w].chosen = scansion.chosen[w];
    }
    line.length = scansion.syllables;
    line.marks = stressMarks(line.words, scansion);
    if (!scansion.found) {
        analysis.faults.push_back({FaultKind::Length, number, 0,
                                   joined(line.lengths) + " syllables, where the form has " +
                                       wantedLengths(form, m_form.metre)});
        return;
    }
    if (form.patterns.empty()) {
        return;
    }
    line.pattern = toString(scansion.pattern, Language::English);
    for (const int miss : scansion.misses) {
        int at = 0;
        const auto word =
            std::find_if(line.words.begin(), line.words.end(), [&](const WordAnalysis& candidate) {
                const auto& all = candidate.sounding.pronunciations;
                at += all.empty() ? 0 : all[candidate.chosen].syllables();
                return at > miss;
            });
        const bool ending = scansion.feminine && miss + 1 == scansion.syllables;
        analysis.faults.push_back(
            {FaultKind::Stress, number, miss + 1,
             "the stress of \"" + (word != line.words.end() ? word->text : std::string()) +
                 (ending ? "\" falls after the last foot, where only a weak syllable may stand"
                         : "\" falls on a weak place of the metre")});
    }
}

// The sounds that the line can rhyme with, the usual ones first, each as it is read then: the
// pronunciation that rhymes is the one that scans.
std::vector<EnAnalysis::Ending>
EnAnalysis::endingsOf(const LineAnalysis& line, const LineForm& form, const Scansion& usual) const {
    std::vector<Ending> all;
    const std::size_t last = line.words.size() - 1;
    const auto& pronunciations = line.words.back().sounding.pronunciations;
    for (std::size_t p = 0; p < pronunciations.size(); ++p) {
        std::string part = phonemes(pronunciations[p].rhymePart());
        if (part.empty() || std::any_of(all.begin(), all.end(), [&](const Ending& ending) {
                return ending.rhyme == part;
            })) {
            continue;
        }
        Scansion scansion = usual;
        if (usual.chosen[last] != p) {
            scansion = scan(line.words, form, m_form.metre, SaidAs{last, p});
        }
        if (readsAsWell(scansion, usual)) {
            all.push_back({std::move(part), std::move(scansion)});
        }
    }
    return all;
}

// The same over the last two words (know it).
std::vector<EnAnalysis::Ending> EnAnalysis::mosaicEndingsOf(const LineAnalysis& line,
                                                            const LineForm& form,
                                                            const Scansion& usual) const {
    std::vector<Ending> all;
    if (line.words.size() < 2) {
        return all;
    }
    const std::size_t at = line.words.size() - 2;
    const auto& pronunciations = line.words[at].sounding.pronunciations;
    for (std::size_t p = 0; p < pronunciations.size(); ++p) {
        Sounding said;
        said.pronunciations = {pronunciations[p]};
        const auto together = saidTogether(said, plainWord(line.words.back()));
        const Scansion scansion =
            together.empty() ? Scansion() : scan(line.words, form, m_form.metre, SaidAs{at, p});
        for (const Pronunciation& both : together) {
            if (readsAsWell(scansion, usual)) {
                all.push_back({phonemes(both.rhymePart()), scansion});
            }
        }
    }
    return all;
}

// For lines of one rhyme. The end of a line may rhyme over two words with a single word of another
// line (poet).
std::vector<std::vector<EnAnalysis::Ending>>
EnAnalysis::endingsOf(const std::vector<std::size_t>& lines, const Layout& layout,
                      const Analysis& analysis, const std::vector<Scansion>& scansions) const {
    std::vector<std::vector<Ending>> all;
    for (const std::size_t i : lines) {
        all.push_back(endingsOf(analysis.lines[i], layout.lines[i], scansions[i]));
    }
    const auto has = [](const std::vector<Ending>& endings, const std::string& rhyme) {
        return std::any_of(endings.begin(), endings.end(),
                           [&](const Ending& ending) { return ending.rhyme == rhyme; });
    };
    const auto single = all;
    for (std::size_t k = 0; k < lines.size(); ++k) {
        const std::size_t i = lines[k];
        for (Ending& two : mosaicEndingsOf(analysis.lines[i], layout.lines[i], scansions[i])) {
            bool shared = false;
            for (std::size_t other = 0; other < lines.size(); ++other) {
                shared = shared || (other != k && has(single[other], two.rhyme));
            }
            if (shared && !has(all[k], two.rhyme)) {
                all[k].push_back(std::move(two));
            }
        }
    }
    return all;
}

// Finds what the lines with that letter rhyme with, and reads them so.
EnAnalysis::Rhyme EnAnalysis::chooseRhyme(int letter, const Layout& layout,
                                          std::vector<Scansion>& scansions,
                                          Analysis& analysis) const {
    Rhyme rhyme;
    for (std::size_t i = 0; i < std::min(layout.rhymes.size(), analysis.lines.size()); ++i) {
        if (layout.rhymes[i].letter == letter && !analysis.lines[i].words.empty()) {
            rhyme.lines.push_back(i);
            analysis.lines[i].rhyme = rhymeLetter(letter);
        }
    }
    auto all = endingsOf(rhyme.lines, layout, analysis, scansions);
    std::map<std::string, std::size_t> shares;
    for (const std::vector<Ending>& endings : all) {
        for (const Ending& ending : endings) {
            const std::size_t share = ++shares[ending.rhyme];
            if (rhyme.sound.empty() || share > shares[rhyme.sound]) {
                rhyme.sound = ending.rhyme;
            }
        }
    }
    for (std::size_t k = 0; k < rhyme.lines.size(); ++k) {
        if (all[k].empty()) {
            continue;
        }
        const auto found = std::find_if(all[k].begin(), all[k].end(), [&](const Ending& ending) {
            return ending.rhyme == rhyme.sound;
        });
        Ending& chosen = found != all[k].end() ? *found : all[k].front();
        analysis.lines[rhyme.lines[k]].rhymeWith = std::move(chosen.rhyme);
        scansions[rhyme.lines[k]] = std::move(chosen.scansion);
    }
    return rhyme;
}

void EnAnalysis::checkRhyme(const Rhyme& rhyme, Analysis& analysis) const {
    std::optional<std::size_t> rhyming; // a line that does
    for (const std::size_t i : rhyme.lines) {
        const LineAnalysis& line = analysis.lines[i];
        if (!line.rhymeWith.empty() && line.rhymeWith == rhyme.sound) {
            rhyming = rhyming.value_or(i);
            continue;
        }
        const auto other = std::find_if(rhyme.lines.begin(), rhyme.lines.end(),
                                        [&](std::size_t candidate) { return candidate != i; });
        const std::size_t with = rhyming.value_or(other != rhyme.lines.end() ? *other : i);
        const WordAnalysis& partner = analysis.lines[with].words.back();
        analysis.faults.push_back({FaultKind::Rhyme, static_cast<int>(i) + 1, line.length,
                                   "\"" + line.words.back().text + "\" (" + line.rhymeWith +
                                       ") does not rhyme with \"" + partner.text + "\" (" +
                                       rhyme.sound + ") of line " + std::to_string(with + 1)});
    }
    checkRepeatedRhymes(rhyme.lines, analysis);
}

void EnAnalysis::checkRepeatedRhymes(const std::vector<std::size_t>& lines,
                                     Analysis& analysis) const {
    for (std::size_t k = 1; k < lines.size() && !m_form.rhyme.repeat; ++k) {
        const LineAnalysis& line = analysis.lines[lines[k]];
        const WordAnalysis& word = line.words.back();
        for (std::size_t j = 0; j < k; ++j) {
            const WordAnalysis& before = analysis.lines[lines[j]].words.back();
            const bool same = plainWord(word) == plainWord(before);
            if (!same && !soundAlike(word, before)) {
                continue;
            }
            analysis.faults.push_back(
                {same ? FaultKind::RepeatedRhyme : FaultKind::HomophoneRhyme,
                 static_cast<int>(lines[k]) + 1, line.length,
                 "\"" + word.text + "\" " +
                     (same ? "is already the rhyme word of line "
                           : "sounds like \"" + before.text + "\", the rhyme word of line ") +
                     std::to_string(lines[j] + 1)});
            break;
        }
    }
}

// Two letters with one sound blur the scheme.
void EnAnalysis::remarkExtraRhymes(const Layout& layout, Analysis& analysis) const {
    std::map<std::string, std::size_t> first;
    std::set<std::pair<int, int>> told;
    for (std::size_t i = 0; i < std::min(layout.rhymes.size(), analysis.lines.size()); ++i) {
        const int letter = layout.rhymes[i].letter;
        const std::string& sound = analysis.lines[i].rhymeWith;
        if (letter < 0 || sound.empty()) {
            continue;
        }
        const auto [found, isNew] = first.emplace(sound, i);
        const int other = layout.rhymes[found->second].letter;
        if (!isNew && other != letter && told.insert({other, letter}).second) {
            analysis.remarks.push_back(
                {FaultKind::ExtraRhyme, static_cast<int>(i) + 1, analysis.lines[i].length,
                 "\"" + analysis.lines[i].words.back().text + "\" also rhymes with line " +
                     std::to_string(found->second + 1)});
        }
    }
}

void nameFoundRhymes(Analysis& analysis) {
    constexpr std::size_t farthest = 4; // lines over which a rhyme is heard
    std::vector<LineAnalysis>& lines = analysis.lines;
    std::vector<std::string> endings;
    std::vector<std::size_t> firsts(lines.size()); // of each line, the first one of its rhyme
    for (std::size_t i = 0; i < lines.size(); ++i) {
        firsts[i] = i;
        endings.push_back(endingOf(lines[i]));
        for (std::size_t j = i - std::min(i, farthest); j < i && !endings[i].empty(); ++j) {
            if (endings[i] == endings[j] &&
                plainWord(lines[i].words.back()) != plainWord(lines[j].words.back())) {
                firsts[i] = firsts[j];
            }
        }
    }
    std::map<std::size_t, std::string> letters;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (std::count(firsts.begin(), firsts.end(), firsts[i]) < 2) {
            continue;
        }
        const auto letter =
            letters.emplace(firsts[i], rhymeLetter(static_cast<int>(letters.size())));
        lines[i].rhyme = letter.first->second;
        lines[i].rhymeWith = std::move(endings[i]);
    }
}

} // namespace linnet::verse
