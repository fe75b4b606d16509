#pragma once

#include <QImage>
#include <QString>
#include <QStringList>
#include <QVector>

namespace linnet::ui {

// A picture in the panel, and what is known of it.
struct PictureEntry {
    enum class State { Waiting, Working, Done, Failed };

    quint64 id = 0; // of the source
    QString file;   // empty: pasted
    QString name;
    QImage thumbnail;
    State state = State::Waiting;
    QString problem;      // why it failed
    QStringList captions; // as the writer left them
    QStringList said;     // as the model wrote them
    QVector<double> probabilities;
    int chosen = 0;

    QString caption() const { return captions.value(chosen).trimmed(); }
};

} // namespace linnet::ui
