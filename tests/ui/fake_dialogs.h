#pragma once

#include <QList>

#include "ui/dialogs/dialogs.h"

namespace linnet::tests {

// Answers as the test arranged, and remembers what was asked.
class FakeDialogs : public ui::Dialogs {
public:
    QStringList filesToOpen(QWidget*, const QString&) override { return open; }
    QString folderToUse(QWidget*, const QString&) override { return folder; }
    QStringList picturesToOpen(QWidget*) override { return pictures; }
    QString fileToSave(QWidget*, const QString& suggestion) override {
        suggested = suggestion;
        return save;
    }
    QString certificateToTrust(QWidget*) override { return certificate; }
    SaveChoice askToSave(QWidget*, const QString& name) override {
        asked.append(name);
        return choice;
    }
    bool confirm(QWidget*, const QString& question, const QString&, const QString&) override {
        questions.append(question);
        return yes;
    }
    void tell(QWidget*, const QString& message, const QString& details) override {
        told.append(message + u' ' + details);
    }
    int lineNumber(QWidget*, int, int) override { return line; }

    QStringList open;
    QString folder;
    QStringList pictures;
    QString save;
    QString certificate;
    SaveChoice choice = SaveChoice::Cancel;
    bool yes = false;
    int line = 0;
    QString suggested;
    QStringList asked;
    QStringList questions;
    QStringList told;
};

} // namespace linnet::tests
