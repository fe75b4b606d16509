#include "services/verse_report.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace linnet::services {

namespace {

QString fromUtf8(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

BilingualText toBilingual(const verse::Names& names) {
    return {fromUtf8(names.en), fromUtf8(names.zh)};
}

// Finds where a byte of the UTF-8 text stands in the rows of the UTF-16 text.
class Places {
public:
    explicit Places(const QString& text) {
        m_rowStarts.append(0);
        qsizetype unit = 0;
        const QByteArray bytes = text.toUtf8();
        m_units.reserve(static_cast<std::size_t>(bytes.size()) + 1);
        for (const char c : bytes) {
            m_units.push_back(static_cast<int>(unit));
            const auto byte = static_cast<unsigned char>(c);
            const bool ends = byte < 0x80 || byte >= 0xC0;
            // A character counts at its first byte; one of four bytes is a surrogate pair.
            unit += ends ? (byte >= 0xF0 ? 2 : 1) : 0;
            if (c == '\n') {
                m_rowStarts.append(static_cast<int>(unit));
            }
        }
        m_units.push_back(static_cast<int>(unit));
    }

    int unitOf(std::size_t byte) const { return m_units[std::min(byte, m_units.size() - 1)]; }
    int rowOf(std::size_t byte) const {
        const auto after = std::upper_bound(m_rowStarts.begin(), m_rowStarts.end(), unitOf(byte));
        return static_cast<int>(after - m_rowStarts.begin()) - 1;
    }
    int columnOf(std::size_t byte) const { return unitOf(byte) - m_rowStarts.at(rowOf(byte)); }

private:
    std::vector<int> m_units; // UTF-16 offset of each byte's character
    QVector<int> m_rowStarts;
};

VerseUnit characterUnit(const verse::CharacterAnalysis& character, const Places& places,
                        const verse::ZhLexicon& lexicon) {
    VerseUnit unit;
    unit.start = places.columnOf(character.begin);
    unit.length = places.unitOf(character.end) - places.unitOf(character.begin);
    bool level = false;
    bool oblique = false;
    for (const verse::ZhReading& reading : character.readings) {
        (verse::isOblique(reading.tone) ? oblique : level) = true;
        const verse::RhymeGroup& group = lexicon.groups()[reading.group];
        unit.readings.append(fromUtf8(verse::toString(reading.tone)) + u' ' + fromUtf8(group.name));
    }
    unit.marks = {level && oblique ? VerseMark::EitherTone
                  : level          ? VerseMark::Level
                  : oblique        ? VerseMark::Oblique
                                   : VerseMark::Unknown};
    return unit;
}

VerseUnit wordUnit(const verse::WordAnalysis& word, const Places& places) {
    VerseUnit unit;
    unit.start = places.columnOf(word.begin);
    unit.length = places.unitOf(word.end) - places.unitOf(word.begin);
    const auto& said = word.sounding.pronunciations;
    for (std::size_t i = 0; i < said.size(); ++i) {
        const QString sounds = fromUtf8(said[i].toString());
        if (i == word.chosen) {
            unit.readings.prepend(sounds); // the one that the marks show
        } else {
            unit.readings.append(sounds);
        }
    }
    unit.derived = word.sounding.how != verse::SoundSource::Dictionary &&
                   word.sounding.how != verse::SoundSource::Poetic;
    return unit;
}

// The syllables of the line, as scanned, to the words that they belong to.
void shareMarks(const verse::LineAnalysis& line, QVector<VerseUnit>& units) {
    std::size_t next = 0;
    for (int i = 0; i < units.size(); ++i) {
        const verse::WordAnalysis& word = line.words[static_cast<std::size_t>(i)];
        const auto& said = word.sounding.pronunciations;
        const std::size_t wanted =
            word.chosen < said.size() ? static_cast<std::size_t>(said[word.chosen].syllables()) : 1;
        const bool last = i + 1 == units.size();
        for (std::size_t n = 0; next < line.marks.size() && (last || n < wanted); ++n, ++next) {
            units[i].marks.append(line.marks[next] == '/' ? VerseMark::Strong : VerseMark::Weak);
        }
    }
}

VerseLine toLine(const verse::LineAnalysis& line, const Places& places,
                 const verse::ZhLexicon& lexicon) {
    VerseLine result;
    result.row = places.rowOf(line.begin);
    result.start = places.columnOf(line.begin);
    result.length = places.unitOf(line.end) - places.unitOf(line.begin);
    result.count = line.length;
    result.rhyme = fromUtf8(line.rhyme);
    result.rhymeWith = fromUtf8(line.rhymeWith);
    for (const verse::CharacterAnalysis& character : line.characters) {
        result.units.append(characterUnit(character, places, lexicon));
    }
    for (const verse::WordAnalysis& word : line.words) {
        result.units.append(wordUnit(word, places));
    }
    if (!line.words.empty()) {
        shareMarks(line, result.units);
    }
    return result;
}

// The character or word that a fault's position means; null: the whole line.
const VerseUnit* unitAt(const VerseLine& line, int position) {
    int before = 0;
    for (const VerseUnit& unit : line.units) {
        before += std::max(1, static_cast<int>(unit.marks.size()));
        if (position > 0 && position <= before) {
            return &unit;
        }
    }
    return nullptr;
}

void addWanted(VerseFault& fault, const VerseReport& report, const verse::FormLibrary& forms) {
    const auto form = forms.find(report.form.toStdString());
    if (!form) {
        return;
    }
    if (fault.kind == verse::FaultKind::LineCount) {
        const std::vector<int> counts = (*form)->lineCounts();
        fault.found = static_cast<int>(report.lines.size());
        fault.wanted = counts.empty() ? 0 : counts.front();
        fault.wantedMost = counts.empty() ? 0 : counts.back();
        return;
    }
    const verse::Variant* variant = (*form)->findVariant(report.variant.toStdString());
    const int lines = static_cast<int>(report.lines.size());
    const auto blocks =
        variant != nullptr ? verse::blocksFor(*variant, lines) : std::optional<int>();
    if (fault.kind != verse::FaultKind::Length || fault.line < 0 || !blocks) {
        return;
    }
    const verse::Layout layout = verse::layoutOf(*variant, *blocks);
    const verse::LineForm& wanted = layout.lines[static_cast<std::size_t>(fault.line)];
    fault.found = report.lines.at(fault.line).count;
    fault.wanted = wanted.minLength;
    fault.wantedMost = wanted.maxLength;
}

VerseFault toFault(const verse::Fault& fault, bool remark, const QStringList& rows,
                   const VerseReport& report, const verse::FormLibrary& forms) {
    VerseFault result;
    result.kind = fault.kind;
    result.remark = remark;
    result.line = fault.line - 1;
    result.message = fromUtf8(fault.message);
    if (result.line >= 0 && result.line < report.lines.size()) {
        const VerseLine& line = report.lines.at(result.line);
        const VerseUnit* unit = unitAt(line, fault.position);
        if (unit != nullptr) {
            result.start = unit->start;
            result.length = unit->length;
        }
        // Of a rhyme without a place the last character or word is meant.
        const VerseUnit* meant =
            unit == nullptr && !line.units.isEmpty() ? &line.units.constLast() : unit;
        if (meant != nullptr) {
            result.subject = rows.value(line.row).mid(meant->start, meant->length);
        }
    }
    addWanted(result, report, forms);
    return result;
}

} // namespace

VerseReport toReport(const verse::Analysis& analysis, const QString& text,
                     const verse::FormLibrary& forms, const verse::ZhLexicon& chinese) {
    const Places places(text);
    VerseReport report;
    report.form = fromUtf8(analysis.form);
    report.variant = fromUtf8(analysis.variant);
    report.language = analysis.language == verse::Language::Chinese ? VerseLanguage::Chinese
                                                                    : VerseLanguage::English;
    for (const verse::LineAnalysis& line : analysis.lines) {
        report.lines.append(toLine(line, places, chinese));
    }
    const QStringList rows = text.split(u'\n');
    for (const verse::Fault& fault : analysis.faults) {
        report.faults.append(toFault(fault, false, rows, report, forms));
    }
    for (const verse::Fault& remark : analysis.remarks) {
        report.faults.append(toFault(remark, true, rows, report, forms));
    }
    return report;
}

VerseForm toVerseForm(const verse::Form& form) {
    VerseForm result;
    result.name = fromUtf8(form.name);
    result.language =
        form.language == verse::Language::Chinese ? VerseLanguage::Chinese : VerseLanguage::English;
    result.title = toBilingual(form.title);
    result.shortTitle = toBilingual(form.shortTitle);
    result.description = toBilingual(form.description);
    result.rhymed = form.hasRhyme();
    result.patterned = form.hasPattern();
    for (const verse::Variant& variant : form.variants) {
        VerseVariant one{fromUtf8(variant.name), toBilingual(variant.title), {}, 0};
        one.breaks = QVector<int>(variant.breaks.begin(), variant.breaks.end());
        one.blockLines = variant.breakBetween ? static_cast<int>(variant.lines.size()) : 0;
        result.variants.append(one);
    }
    const std::vector<int> counts = form.lineCounts(2);
    result.lines = counts.size() == 1 ? counts.front() : 0;
    const std::vector<verse::LineForm>& lines = form.variants.front().lines;
    const auto byLength = [](const verse::LineForm& a, const verse::LineForm& b) {
        return a.maxLength < b.maxLength;
    };
    const auto [shortest, longest] = std::minmax_element(lines.begin(), lines.end(), byLength);
    result.shortest = shortest->minLength;
    result.longest = longest->maxLength;
    return result;
}

} // namespace linnet::services
