#pragma once

#include <QElapsedTimer>
#include <QSet>
#include <QUrl>
#include <QWidget>

#include "services/caption_export.h"
#include "services/caption_source.h"
#include "services/picture_download.h"
#include "services/settings.h"
#include "ui/panels/picture_entry.h"
#include "ui/panels/picture_mime.h"
#include "ui/theme.h"

class QLabel;
class QPushButton;
class QToolButton;

namespace linnet::ui {

class Dialogs;
class DropArea;
class PictureCards;

// Takes pictures and shows their captions, a card each. What is chosen reaches the text only by the
// signals.
class PicturesPanel : public QWidget {
    Q_OBJECT
public:
    // Without `download` nothing is fetched from the web.
    PicturesPanel(services::CaptionSource& captions, services::Settings& settings, Dialogs& dialogs,
                  services::PictureDownload* download, QWidget* parent = nullptr);
    ~PicturesPanel() override;

    void setTheme(const Theme& theme);
    void setFamilies(const QStringList& latin, const QStringList& chinese);

    // Files and folders.
    void addPaths(const QStringList& paths);
    // What was dropped or pasted; false: there is no picture in it.
    bool add(const DroppedPictures& pictures);
    void choosePictures();
    void chooseFolder();

    PictureCards& cards() { return *m_cards; }
    // Pictures that have no answer yet, searches and a download.
    bool isBusy() const;
    void stop();
    void focusFirst();

Q_SIGNALS:
    void insertRequested(const QString& caption);
    void markdownRequested(const QString& file, const QString& caption);
    void poemRequested(const QString& theme);
    void closeRequested(); // Esc

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void build();
    QToolButton* makeExportButton();
    void connectSource();
    void connectDownload();
    void connectCards();
    void addQueries(const QVector<services::PictureQuery>& queries, const QStringList& names);
    void askToDownload(const QUrl& url);
    void download();
    void onFound(quint64 id, const QStringList& files, bool more);
    void onFailed(quint64 id, const services::CaptionFailure& failure);
    void onCaptions(quint64 id, const QVector<services::CaptionReply>& captions);
    void finish(quint64 id);
    void remove(int index);
    void clear();
    QStringList languages() const;
    int captionsEach() const;
    void showState();
    void showProgress();
    void showModel(const services::ModelStatus& status);
    void say(const QString& message, bool bad);
    QVector<services::CaptionRecord> records() const;
    void exportAs(bool json);
    void exportBeside();

    services::CaptionSource& m_captions;
    services::Settings& m_settings;
    Dialogs& m_dialogs;
    services::PictureDownload* m_download;
    Theme m_theme;
    QSet<quint64> m_open;     // ids without an answer
    QSet<quint64> m_searches; // ids of find()
    QUrl m_remote;            // asked for, or being downloaded
    bool m_downloading = false;
    int m_batch = 0; // pictures since the panel was last idle
    int m_done = 0;  // of them
    QElapsedTimer m_clock;
    QString m_saidOfModel;
    bool m_saidBad = false;
    DropArea* m_drop = nullptr;
    QWidget* m_question = nullptr;
    QLabel* m_questionText = nullptr;
    QWidget* m_progress = nullptr;
    QLabel* m_progressText = nullptr;
    QPushButton* m_stop = nullptr;
    QLabel* m_message = nullptr;
    PictureCards* m_cards = nullptr;
    QWidget* m_bottom = nullptr;
    QToolButton* m_export = nullptr;
    QPushButton* m_clear = nullptr;
};

} // namespace linnet::ui
