#pragma once

#include <QSet>
#include <QWidget>

#include "services/caption_source.h"
#include "services/picture_download.h"
#include "services/settings.h"
#include "ui/panels/picture_batch.h"
#include "ui/panels/picture_mime.h"
#include "ui/theme.h"

class QLabel;
class QPushButton;

namespace linnet::ui {

class Dialogs;
class DropArea;
class PictureCards;
class PictureExport;
class WebPicture;

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
    void build(services::PictureDownload* download);
    QWidget* makeProgress();
    QWidget* makeBottom();
    void connectSource();
    void connectWeb();
    void connectCards();
    void addQueries(const QVector<services::PictureQuery>& queries, const QStringList& names);
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

    services::CaptionSource& m_captions;
    services::Settings& m_settings;
    Dialogs& m_dialogs;
    Theme m_theme;
    PictureBatch m_batch;
    QSet<quint64> m_searches; // ids of find()
    QString m_saidOfModel;
    bool m_saidBad = false;
    DropArea* m_drop = nullptr;
    WebPicture* m_web = nullptr;
    QWidget* m_progress = nullptr;
    QLabel* m_progressText = nullptr;
    QLabel* m_message = nullptr;
    PictureCards* m_cards = nullptr;
    QWidget* m_bottom = nullptr;
    PictureExport* m_export = nullptr;
};

} // namespace linnet::ui
