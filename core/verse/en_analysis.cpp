#include "verse/en_analysis.h"

#include <algorithm>
#include <map>
#include <set>

#include "verse/en_scansion.h"
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

// The sounds that the word can rhyme with, the usual ones first.
std::vector<std::string> rhymesOf(const WordAnalysis& word) {
    std::vector<std::string> all;
    for (const Pronunciation& pronunciation : word.sounding.pronunciations) {
        std::string part = phonemes(pronunciation.rhymePart());
        if (!part.empty() && std::find(all.begin(), all.end(), part) == all.end()) {
            all.push_back(std::move(part));
        }
    }
    return all;
}

// The same for lines of one rhyme. The end of a line may rhyme over two words (know it) with a
// single word of another line (poet).
std::vector<std::vector<std::string>> rhymesOf(const std::vector<const LineAnalysis*>& lines) {
    std::vector<std::vector<std::string>> all;
    for (const LineAnalysis* line : lines) {
        all.push_back(rhymesOf(line->words.back()));
    }
    const auto single = all;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto& words = lines[i]->words;
        if (words.size() < 2) {
            continue;
        }
        const auto& before = words[words.size() - 2];
        for (const Pronunciation& both : saidTogether(before.sounding, plainWord(words.back()))) {
            const std::string part = phonemes(both.rhymePart());
            for (std::size_t other = 0; other < lines.size(); ++other) {
                const auto& theirs = single[other];
                if (other != i && std::find(theirs.begin(), theirs.end(), part) != theirs.end() &&
                    std::find(all[i].begin(), all[i].end(), part) == all[i].end()) {
                    all[i].push_back(part);
                }
            }
        }
    }
    return all;
}

// The sound that most lines share.
std::string mostShared(const std::vector<std::vector<std::string>>& rhymes) {
    std::map<std::string, std::size_t> shares;
    std::string best;
    for (const std::vector<std::string>& parts : rhymes) {
        for (const std::string& part : parts) {
            const std::size_t share = ++shares[part];
            best = best.empty() || share > shares[best] ? part : best;
        }
    }
    return best;
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
    checkMetre(layout, analysis);
    checkWords(analysis);
    int letters = 0;
    for (const RhymeMark mark : layout.rhymes) {
        letters = std::max(letters, mark.letter + 1);
    }
    for (int letter = 0; letter < letters; ++letter) {
        checkRhyme(letter, layout, analysis);
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

void EnAnalysis::checkMetre(const Layout& layout, Analysis& analysis) const {
    for (std::size_t i = 0; i < analysis.lines.size(); ++i) {
        if (i < layout.lines.size()) {
            checkLine(layout.lines[i], i, analysis);
        } else { // beyond the form: as it is usually said
            LineForm any;
            any.minLength = any.maxLength = std::max(1, analysis.lines[i].lengths.front());
            LineAnalysis& line = analysis.lines[i];
            const Scansion scansion = scan(line.words, any, {});
            line.length = scansion.syllables;
            line.marks = stressMarks(line.words, scansion);
        }
    }
}

void EnAnalysis::checkLine(const LineForm& form, std::size_t index, Analysis& analysis) const {
    LineAnalysis& line = analysis.lines[index];
    const int number = static_cast<int>(index) + 1;
    const Scansion scansion = scan(line.words, form, m_form.metre);
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

void EnAnalysis::checkRhyme(int letter, const Layout& layout, Analysis& analysis) const {
    std::vector<std::size_t> lines;
    for (std::size_t i = 0; i < std::min(layout.rhymes.size(), analysis.lines.size()); ++i) {
        if (layout.rhymes[i].letter == letter && !analysis.lines[i].words.empty()) {
            lines.push_back(i);
            std::string& name = analysis.lines[i].rhyme;
            name = std::string(1, static_cast<char>('A' + letter % 26));
            name += letter >= 26 ? std::to_string(letter / 26 + 1) : std::string();
        }
    }
    std::vector<const LineAnalysis*> endings;
    for (const std::size_t i : lines) {
        endings.push_back(&analysis.lines[i]);
    }
    const auto all = rhymesOf(endings);
    const std::string best = mostShared(all);
    std::vector<std::size_t> rhyming;
    for (std::size_t k = 0; k < lines.size(); ++k) {
        const std::size_t i = lines[k];
        LineAnalysis& line = analysis.lines[i];
        const auto& parts = all[k];
        if (std::find(parts.begin(), parts.end(), best) != parts.end()) {
            line.rhymeWith = best;
            rhyming.push_back(i);
            continue;
        }
        line.rhymeWith = parts.empty() ? std::string() : parts.front();
        const auto other = std::find_if(lines.begin(), lines.end(),
                                        [&](std::size_t candidate) { return candidate != i; });
        const std::size_t with = !rhyming.empty()       ? rhyming.front()
                                 : other != lines.end() ? *other
                                                        : i;
        const WordAnalysis& partner = analysis.lines[with].words.back();
        analysis.faults.push_back({FaultKind::Rhyme, static_cast<int>(i) + 1, line.length,
                                   "\"" + line.words.back().text + "\" (" + line.rhymeWith +
                                       ") does not rhyme with \"" + partner.text + "\" (" + best +
                                       ") of line " + std::to_string(with + 1)});
    }
    checkRepeatedRhymes(lines, analysis);
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

} // namespace linnet::verse
