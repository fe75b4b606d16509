#include "services/verse_source.h"

#include <algorithm>

namespace linnet::services {

namespace {

QChar letterOf(VerseMark mark) {
    switch (mark) {
    case VerseMark::Level:
        return QChar(0x5E73); // 平
    case VerseMark::Oblique:
        return QChar(0x4EC4); // 仄
    case VerseMark::EitherTone:
        return QChar(0x591A); // 多
    case VerseMark::Weak:
        return u'x';
    case VerseMark::Strong:
        return u'/';
    case VerseMark::Unknown:
        break;
    }
    return u'?';
}

} // namespace

QString VerseLine::marks() const {
    QString text;
    for (const VerseUnit& unit : units) {
        for (const VerseMark mark : unit.marks) {
            text += letterOf(mark);
        }
    }
    return text;
}

bool VerseReport::isCorrect() const {
    return std::all_of(faults.begin(), faults.end(),
                       [](const VerseFault& fault) { return fault.remark; });
}

int VerseReport::rowOf(const VerseFault& fault) const {
    return fault.line >= 0 && fault.line < lines.size() ? lines.at(fault.line).row : -1;
}

const VerseForm* VerseSource::findForm(const QString& name) const {
    const QVector<VerseForm>& all = forms();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const VerseForm& form) { return form.name == name; });
    return found == all.end() ? nullptr : &*found;
}

} // namespace linnet::services
