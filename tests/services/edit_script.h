#pragma once

#include <algorithm>

#include <QRandomGenerator>
#include <QString>

#include "services/journal_format.h"

namespace linnet::test {

// The same seed gives the same edits: typing for the most part, with deletions, replacements,
// pasted paragraphs, Chinese, emoji, and now and then half a surrogate pair.
class EditScript {
public:
    explicit EditScript(quint32 seed)
        : m_random(seed) {}

    services::JournalEdit next(const QString& text) {
        const int size = static_cast<int>(text.size());
        if (m_random.bounded(20) == 0) {
            m_caret = m_random.bounded(size + 1);
        }
        m_caret = std::min(m_caret, size);
        services::JournalEdit edit;
        edit.position = m_caret;
        const int kind = m_random.bounded(100);
        if (kind < 20) {
            edit.removed = std::min(1 + m_random.bounded(4), m_caret);
            edit.position -= edit.removed;
        } else if (kind < 25) {
            edit.removed = std::min(m_random.bounded(30), size - m_caret);
        }
        if (kind >= 20) {
            edit.added = piece();
        }
        m_caret = edit.position + static_cast<int>(edit.added.size());
        return edit;
    }

    static void apply(QString& text, const services::JournalEdit& edit) {
        text = text.left(edit.position) + edit.added + text.mid(edit.position + edit.removed);
    }

private:
    QString piece() {
        switch (m_random.bounded(30)) {
        case 0:
            return QStringLiteral("\n");
        case 1:
            return QStringLiteral("秋风吹落");
        case 2:
            return QStringLiteral("👩‍🌾");
        case 3:
            return QString(QChar(0xD83D));
        case 4:
            return QStringLiteral("A pasted paragraph.\nWith a second line.\n").repeated(3);
        default:
            return QString(QChar(u'a' + m_random.bounded(26)));
        }
    }

    QRandomGenerator m_random;
    int m_caret = 0;
};

} // namespace linnet::test
