#pragma once

#include <QString>
#include <QStringList>

class QWidget;

namespace linnet::ui {

// The questions that stop the writer. An interface, so that tests can answer them.
class Dialogs {
public:
    enum class SaveChoice { Save, Discard, Cancel };

    virtual ~Dialogs() = default;

    // Absolute paths; empty: cancelled. `folder` empty: the writer's documents.
    virtual QStringList filesToOpen(QWidget* parent, const QString& folder) = 0;
    virtual QString folderToUse(QWidget* parent, const QString& title) = 0;
    virtual QStringList picturesToOpen(QWidget* parent) = 0;
    virtual QString fileToSave(QWidget* parent, const QString& suggestion) = 0;
    virtual QString certificateToTrust(QWidget* parent) = 0;

    virtual SaveChoice askToSave(QWidget* parent, const QString& documentName) = 0;

    // A question with one way on; false: the writer stays where he is.
    virtual bool confirm(QWidget* parent, const QString& question, const QString& details,
                         const QString& action) = 0;

    virtual void tell(QWidget* parent, const QString& message, const QString& details) = 0;

    // A line number from 1 to `lines`; 0: cancelled.
    virtual int lineNumber(QWidget* parent, int current, int lines) = 0;
};

// The real ones.
class SystemDialogs : public Dialogs {
public:
    QStringList filesToOpen(QWidget* parent, const QString& folder) override;
    QString folderToUse(QWidget* parent, const QString& title) override;
    QStringList picturesToOpen(QWidget* parent) override;
    QString fileToSave(QWidget* parent, const QString& suggestion) override;
    QString certificateToTrust(QWidget* parent) override;
    SaveChoice askToSave(QWidget* parent, const QString& documentName) override;
    bool confirm(QWidget* parent, const QString& question, const QString& details,
                 const QString& action) override;
    void tell(QWidget* parent, const QString& message, const QString& details) override;
    int lineNumber(QWidget* parent, int current, int lines) override;
};

} // namespace linnet::ui
