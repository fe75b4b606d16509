#pragma once

#include <QObject>

#include "services/poem_source.h"
#include "services/settings.h"
#include "services/verse_source.h"
#include "ui/editor/editor.h"
#include "ui/theme.h"

class QDockWidget;
class QMainWindow;
class QMenu;

namespace linnet::ui {

class PoemForm;
class PoemPanel;
class RhymeFinder;
class VerseMarks;

// Verse in one window: the panel that composes, the marks on the page, the finder of rhymes.
class VerseDesk : public QObject {
    Q_OBJECT
public:
    // Without `poems` there is no panel.
    VerseDesk(QMainWindow& window, Editor& editor, services::PoemSource* poems,
              services::VerseSource& verse, services::Settings& settings);
    ~VerseDesk() override;

    void setTheme(const Theme& theme);
    void setTypography(const Typography& typography);
    // The suffix of the document's file; whether its verse is marked is remembered for each, if not
    // all are to begin with marks.
    void setDocumentType(const QString& suffix);

    bool composes() const { return m_poems != nullptr; }
    bool isPanelVisible() const;
    void showPanel(bool visible);
    PoemPanel& panel(); // made when it is first needed
    // Opens the panel with this theme.
    void composeAbout(const QString& theme);

    bool marksVerse() const;
    void markVerse(bool on);
    VerseMarks& marks() { return *m_marks; }
    // A choice of forms for the marks.
    void fillFormMenu(QMenu* menu);

    void findRhymes();
    // At the caret, or under its line if that is not empty; one step to undo.
    void insertPoem(const QString& poem);

Q_SIGNALS:
    void panelShown(bool visible);
    void marksShown(bool on);

private:
    void buildDock(QMainWindow& window);
    void bindForm(PoemForm& form);
    void showMarks(bool on);
    bool beginsWithMarks() const;

    services::PoemSource* m_poems;
    services::VerseSource& m_source;
    services::Settings& m_settings;
    Editor& m_editor;
    Theme m_theme;
    Typography m_typography;
    QDockWidget* m_dock = nullptr;
    PoemPanel* m_panel = nullptr;
    VerseMarks* m_marks = nullptr;
    RhymeFinder* m_rhymes = nullptr;
    QString m_documentType;
};

} // namespace linnet::ui
