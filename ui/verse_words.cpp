#include "ui/verse_words.h"

#include <QCoreApplication>

#include "ui/diagnostics.h"

namespace linnet::ui {

namespace {

using services::VerseLanguage;
using services::VerseMark;

// Everything here is one context for the translators.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(VerseWords)
};

QString quoted(const QString& text) {
    return Words::tr("“%1”").arg(text);
}

// Of the request's numbers, as core names them.
QString numberName(const QString& name) {
    if (name == QLatin1String("count")) {
        return Words::tr("the versions");
    }
    if (name == QLatin1String("temperature")) {
        return Words::tr("the boldness");
    }
    return Words::tr("the lines");
}

QString explainRefusal(verse::RefusalKind kind, const services::PoemFailure& failure) {
    using K = verse::RefusalKind;
    const QString subject = quoted(failure.subject);
    const bool named = !failure.subject.isEmpty();
    if (kind == K::UnknownForm) {
        return Words::tr("There is no form %1. Choose another one.").arg(subject);
    }
    if (kind == K::UnknownVariant) {
        return Words::tr("The form has no variant %1. Choose another one, or any.").arg(subject);
    }
    if (kind == K::UnknownStyle && failure.subject == QLatin1String("traditional")) {
        return Words::tr("This copy of Linnet cannot write traditional characters. Choose "
                         "simplified ones.");
    }
    if (kind == K::UnknownStyle) {
        return Words::tr("The model knows no style %1. Choose another one, or leave it open.")
            .arg(subject);
    }
    if (kind == K::FixedLine) {
        return failure.line >= 0
                   ? Words::tr("Line %1 cannot stay as it is: it breaks the form or another wish. "
                               "Unlock or change it, then compose again.")
                         .arg(failure.line + 1)
                   : Words::tr("A line that is to stay breaks the form or another wish. Unlock or "
                               "change it, then compose again.");
    }
    if (kind == K::Acrostic) {
        return named ? Words::tr("No line can begin with %1 here. Choose another acrostic.")
                           .arg(subject)
                     : Words::tr("The acrostic does not fit this form. Choose a shorter one.");
    }
    if (kind == K::Rhyme) {
        return named ? Words::tr("Nothing rhymes on %1 as this form asks. Choose another rhyme.")
                           .arg(subject)
                     : Words::tr("The rhyme does not fit this form. Choose another one.");
    }
    if (kind == K::OutOfRange) {
        return Words::tr("A number is out of range: %1. Change it, then compose again.")
            .arg(numberName(failure.subject));
    }
    if (kind == K::NoSolution) {
        return Words::tr("Each wish can be met, but not all together. Leave one of them out: a "
                         "locked line, the acrostic or the rhyme.");
    }
    return Words::tr("This cannot be composed.");
}

QString lengthFault(const services::VerseFault& fault) {
    if (fault.wantedMost > fault.wanted) {
        return Words::tr("The length is %1; the form asks for %2 to %3.")
            .arg(fault.found)
            .arg(fault.wanted)
            .arg(fault.wantedMost);
    }
    return Words::tr("The length is %1; the form asks for %2.").arg(fault.found).arg(fault.wanted);
}

QString explainRemark(const services::VerseFault& fault) {
    using K = verse::FaultKind;
    const QString subject = quoted(fault.subject);
    switch (fault.kind) {
    case K::LoneLevel:
        return Words::tr("Only one level tone is left beside the rhyme (孤平).");
    case K::ThreeLevel:
        return Words::tr("The line ends with three level tones (三平调).");
    case K::ThreeOblique:
        return Words::tr("The line ends with three oblique tones (三仄尾).");
    case K::RepeatedCharacter:
        return Words::tr("%1 occurs more than once (重字).").arg(subject);
    case K::Licence:
        return Words::tr("The line uses a licence that custom allows (拗救).");
    case K::FirstLineRhyme:
        return Words::tr("The first line ends with a level tone but does not rhyme.");
    case K::NeighbourRhyme:
        return Words::tr("%1 rhymes by a neighbouring group (邻韵).").arg(subject);
    case K::ObliqueRhyme:
        return Words::tr("The poem rhymes in an oblique tone (仄韵), as old-style verse may.");
    case K::UnknownCharacter:
        return Words::tr("%1 is not in the rhyme table; it is taken as fitting.").arg(subject);
    case K::DerivedWord:
        return Words::tr("%1 is not in the dictionary; its sound was found from a listed word.")
            .arg(subject);
    case K::ExtraRhyme:
        return Words::tr("%1 rhymes where the form asks for no rhyme.").arg(subject);
    case K::Stanza:
        return Words::tr("In this form the stanzas end elsewhere.");
    default:
        return fault.message;
    }
}

QString markName(VerseMark mark) {
    switch (mark) {
    case VerseMark::Level:
        return Words::tr("level tone (平)");
    case VerseMark::Oblique:
        return Words::tr("oblique tone (仄)");
    case VerseMark::EitherTone:
        return Words::tr("level or oblique, by its reading");
    case VerseMark::Weak:
        return Words::tr("weak");
    case VerseMark::Strong:
        return Words::tr("strong");
    case VerseMark::Unknown:
        break;
    }
    return Words::tr("not in the dictionary");
}

} // namespace

bool interfaceIsChinese() {
    return Words::tr("en", "Which of the forms' names to show: en or zh") == QLatin1String("zh");
}

QString formTitle(const services::VerseForm& form) {
    const bool chinese = interfaceIsChinese();
    const services::BilingualText& title =
        form.language == VerseLanguage::Chinese ? form.shortTitle : form.title;
    if (form.lines == 0 || form.shortest != form.longest) {
        return title.in(chinese);
    }
    return Words::tr("%1  %2 × %3").arg(title.in(chinese)).arg(form.lines).arg(form.longest);
}

QString formDescription(const services::VerseForm& form) {
    return form.description.in(interfaceIsChinese());
}

QString variantTitle(const services::VerseVariant& variant) {
    return variant.title.in(interfaceIsChinese());
}

QList<QPair<QString, QString>> poemStyles() {
    return {{QString(), Words::tr("any")},
            {QStringLiteral("唐"), Words::tr("Tang")},
            {QStringLiteral("宋"), Words::tr("Song")},
            {QStringLiteral("元"), Words::tr("Yuan")},
            {QStringLiteral("明"), Words::tr("Ming")},
            {QStringLiteral("清"), Words::tr("Qing")}};
}

QString explainFailure(const services::PoemFailure& failure) {
    if (failure.kind) {
        return explainRefusal(*failure.kind, failure);
    }
    if (failure.code == engine::ErrorCode::NotFound) {
        return Words::tr("No model for this form is installed. Your text is not affected; Settings "
                         "> Models shows where models belong.");
    }
    const QString sentence =
        Words::tr("The poem could not be composed. Your text is not affected.");
    return failure.code ? withReason(sentence, *failure.code, failure.message)
                        : withDetails(sentence, failure.message);
}

QString explainFault(const services::VerseFault& fault) {
    using K = verse::FaultKind;
    const QString subject = quoted(fault.subject);
    switch (fault.kind) {
    case K::LineCount:
        return Words::tr("The poem has %1 lines; the form asks for %2.")
            .arg(fault.found)
            .arg(fault.wanted);
    case K::Length:
        return lengthFault(fault);
    case K::Tone:
        return Words::tr("%1 has the wrong tone for its place.").arg(subject);
    case K::Opposition:
        return Words::tr("The tones of this line must oppose those of the line before (失对).");
    case K::Adhesion:
        return Words::tr("The tones of this line must follow those of the line before (失粘).");
    case K::Ending:
        return Words::tr("The line ends with the wrong tone: %1.").arg(subject);
    case K::Stress:
        return Words::tr("The stress of %1 does not fit the metre here.").arg(subject);
    case K::Rhyme:
        return Words::tr("%1 does not rhyme as the form asks (落韵).").arg(subject);
    case K::RepeatedRhyme:
        return Words::tr("%1 has been a rhyme before.").arg(subject);
    case K::HomophoneRhyme:
        return Words::tr("%1 sounds the same as the word that it rhymes with.").arg(subject);
    case K::UnknownWord:
        return Words::tr("%1 is not in the dictionary, so nobody knows how it sounds.")
            .arg(subject);
    case K::NotAWord:
        return Words::tr("%1 cannot be read as verse.").arg(subject);
    case K::Acrostic:
        return Words::tr("The line does not begin as the acrostic asks.");
    default:
        return explainRemark(fault);
    }
}

QString explainUnit(const QString& text, const services::VerseUnit& unit, VerseLanguage language) {
    const QString what = text.mid(unit.start, unit.length);
    QString sound;
    if (language == VerseLanguage::Chinese || unit.marks.size() == 1) {
        sound = markName(unit.marks.value(0));
    } else {
        QStringList names;
        for (const VerseMark mark : unit.marks) {
            names.append(markName(mark));
        }
        sound = names.join(Words::tr(", "));
    }
    QString result = Words::tr("%1: %2").arg(what, sound);
    if (!unit.readings.isEmpty()) {
        result += u'\n' + unit.readings.join(u'\n');
    }
    if (unit.derived) {
        result += u'\n' + Words::tr("Found from a listed word; the dictionary has no such word.");
    }
    return result;
}

QString explainLine(const services::VerseLine& line, VerseLanguage language) {
    QString text = language == VerseLanguage::Chinese
                       ? Words::tr("%n character(s)", nullptr, line.count)
                       : Words::tr("%n syllable(s)", nullptr, line.count);
    if (!line.rhyme.isEmpty()) {
        text += line.rhymeWith.isEmpty()
                    ? Words::tr(" · rhyme %1").arg(line.rhyme)
                    : Words::tr(" · rhyme %1 (%2)").arg(line.rhyme, line.rhymeWith);
    }
    return text;
}

QString explainPlace(const QString& text, const services::VerseReport& report, int row,
                     int position) {
    const auto covers = [position](int start, int length) {
        return position >= start && position < start + length;
    };
    QStringList parts;
    for (const services::VerseFault& fault : report.faults) {
        if (report.rowOf(fault) != row) {
            continue;
        }
        const services::VerseLine& line = report.lines.at(fault.line);
        if (fault.length > 0 ? covers(fault.start, fault.length)
                             : covers(line.start, line.length)) {
            parts.append(explainFault(fault));
        }
    }
    for (const services::VerseLine& line : report.lines) {
        for (const services::VerseUnit& unit : line.units) {
            if (line.row == row && covers(unit.start, unit.length)) {
                parts.append(explainUnit(text, unit, report.language));
            }
        }
    }
    return parts.join(u'\n');
}

QStringList explainRow(const services::VerseReport& report, int row) {
    QStringList parts;
    for (const services::VerseFault& fault : report.faults) {
        if (report.rowOf(fault) == row) {
            parts.append(explainFault(fault));
        }
    }
    for (const services::VerseLine& line : report.lines) {
        if (line.row == row) {
            parts.append(explainLine(line, report.language));
        }
    }
    return parts;
}

} // namespace linnet::ui
