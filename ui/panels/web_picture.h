#pragma once

#include <QUrl>
#include <QWidget>

#include "services/picture_download.h"
#include "ui/theme.h"

class QLabel;
class QPushButton;

namespace linnet::ui {

// A picture that was dropped as an address on the web: asks whether to fetch it, and fetches it if
// the writer agrees. Shown by its user while isAsking().
class WebPicture : public QWidget {
    Q_OBJECT
public:
    // Without `download` nothing is fetched.
    WebPicture(services::PictureDownload* download, QWidget* parent);

    void setTheme(const Theme& theme);

    // False: there is nothing to fetch with.
    bool ask(const QUrl& url, qint64 mostBytes);
    bool isAsking() const { return !m_url.isEmpty() && !m_downloading; }
    bool isDownloading() const { return m_downloading; }
    QString host() const { return m_url.host(); }
    // Forgets the picture, also while it is being fetched.
    void cancel();

Q_SIGNALS:
    void changed(); // asked, answered or over
    void fetched(const QByteArray& bytes, const QString& name);
    void failed(const QString& why);

private:
    void build();
    void download();
    void end();

    services::PictureDownload* m_download;
    QUrl m_url; // asked for, or being downloaded
    qint64 m_most = 0;
    bool m_downloading = false;
    QLabel* m_text = nullptr;
    QPushButton* m_refuse = nullptr;
};

} // namespace linnet::ui
