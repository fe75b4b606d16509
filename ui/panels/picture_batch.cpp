#include "ui/panels/picture_batch.h"

namespace linnet::ui {

void PictureBatch::add(const QVector<quint64>& ids) {
    if (m_open.isEmpty()) {
        m_size = 0;
        m_done = 0;
        m_clock.invalidate();
    }
    for (const quint64 id : ids) {
        m_open.insert(id);
    }
    m_size += static_cast<int>(ids.size());
}

void PictureBatch::begin() {
    if (!m_clock.isValid()) {
        m_clock.start();
    }
}

void PictureBatch::finish(quint64 id) {
    m_open.remove(id);
    ++m_done;
}

bool PictureBatch::drop(quint64 id) {
    if (!m_open.remove(id)) {
        return false;
    }
    --m_size;
    return true;
}

QString PictureBatch::text() const {
    QString text = tr("%1 of %2").arg(m_done).arg(m_size);
    constexpr int enough = 3; // pictures, to know how long one takes
    if (m_done >= enough && m_clock.isValid()) {
        const qint64 left = m_clock.elapsed() / m_done * (m_size - m_done) / 1000;
        if (left >= 90) {
            text = tr("%1 · about %n minute(s) left", nullptr, static_cast<int>((left + 30) / 60))
                       .arg(text);
        } else if (left >= 10) {
            text = tr("%1 · about %n second(s) left", nullptr, static_cast<int>(left / 5 * 5))
                       .arg(text);
        }
    }
    return text;
}

} // namespace linnet::ui
