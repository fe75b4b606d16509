#pragma once

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QSet>
#include <QString>
#include <QVector>

namespace linnet::ui {

// The pictures that have no answer yet, and how far the work on them is. A batch begins with the
// first picture after all before had their answers.
class PictureBatch {
    Q_DECLARE_TR_FUNCTIONS(linnet::ui::PictureBatch)

public:
    void add(const QVector<quint64>& ids);
    bool isOpen(quint64 id) const { return m_open.contains(id); }
    bool isIdle() const { return m_open.isEmpty(); }
    QVector<quint64> open() const { return {m_open.begin(), m_open.end()}; }
    bool hasAnswers() const { return m_done > 0; }

    // Work on one of them has begun; the time counts from the first.
    void begin();
    // It has its answer.
    void finish(quint64 id);
    // It is not wanted any more. False: it has its answer.
    bool drop(quint64 id);
    void dropAll() { m_open.clear(); }

    QString text() const; // "3 of 500 · about 2 minutes left"

private:
    QSet<quint64> m_open;
    int m_size = 0; // pictures of the batch
    int m_done = 0; // of them
    QElapsedTimer m_clock;
};

} // namespace linnet::ui
