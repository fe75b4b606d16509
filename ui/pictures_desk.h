#pragma once

#include <QObject>

#include "services/caption_source.h"
#include "services/picture_download.h"
#include "services/settings.h"
#include "ui/editor/editor.h"
#include "ui/theme.h"

class QDockWidget;
class QMainWindow;

namespace linnet::ui {

class Dialogs;
class PicturesPanel;

// Pictures in one window: the panel that captions them, and what of it goes into the text.
class PicturesDesk : public QObject, public MimeTaker {
    Q_OBJECT
public:
    // Without `download` no picture is fetched from the web.
    PicturesDesk(QMainWindow& window, Editor& editor, services::CaptionSource& captions,
                 services::Settings& settings, Dialogs& dialogs,
                 services::PictureDownload* download);
    ~PicturesDesk() override;

    void setTheme(const Theme& theme);
    void setTypography(const Typography& typography);
    // Where the document is; empty: nowhere yet. Markdown images refer to files from there.
    void setDocumentFolder(const QString& folder) { m_folder = folder; }

    bool isPanelVisible() const;
    void showPanel(bool visible);
    PicturesPanel& panel(); // made when it is first needed
    void addPictures();
    void addFolder();

    // At the caret, as one step to undo; a space before it where one is missing.
    void insertCaption(const QString& caption);
    void insertMarkdown(const QString& file, const QString& caption);

    // What is dropped on the page or pasted into it.
    bool wants(const QMimeData& data) const override;
    QStringList take(const QMimeData& data) override;

Q_SIGNALS:
    void panelShown(bool visible);
    void poemRequested(const QString& theme);

private:
    void insert(const QString& text);

    Editor& m_editor;
    services::CaptionSource& m_captions;
    services::Settings& m_settings;
    Dialogs& m_dialogs;
    services::PictureDownload* m_download;
    Theme m_theme;
    Typography m_typography;
    QString m_folder;
    QDockWidget* m_dock = nullptr;
    PicturesPanel* m_panel = nullptr;
};

} // namespace linnet::ui
