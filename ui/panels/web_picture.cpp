#include "ui/panels/web_picture.h"

#include <utility>

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/picture_words.h"

namespace linnet::ui {

WebPicture::WebPicture(services::PictureDownload* download, QWidget* parent)
    : QWidget(parent)
    , m_download(download) {
    build();
    if (m_download == nullptr) {
        return;
    }
    connect(m_download, &services::PictureDownload::finished, this,
            [this](const QUrl& url, const QByteArray& bytes) {
                if (m_downloading && url == m_url) {
                    end();
                    Q_EMIT fetched(bytes, url.fileName().isEmpty() ? url.host() : url.fileName());
                }
            });
    connect(m_download, &services::PictureDownload::failed, this,
            [this](const QUrl& url, const engine::Error& error) {
                if (m_downloading && url == m_url) {
                    end();
                    Q_EMIT failed(explainPictureFailure(
                        {error.code, false, QString::fromStdString(error.message)}));
                }
            });
}

void WebPicture::build() {
    const auto makeButton = [this](const char* name, const QString& text) {
        auto* button = new QPushButton(text, this);
        button->setObjectName(QLatin1String(name));
        button->setAutoDefault(false);
        return button;
    };
    m_text = new QLabel(this);
    m_text->setObjectName(QStringLiteral("pictureQuestion"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    auto* agree = makeButton("pictureDownload", tr("Download"));
    m_refuse = makeButton("pictureNoDownload", tr("No"));
    connect(agree, &QPushButton::clicked, this, &WebPicture::download);
    connect(m_refuse, &QPushButton::clicked, this, &WebPicture::cancel);
    auto* answers = new QHBoxLayout;
    answers->addWidget(agree);
    answers->addWidget(m_refuse);
    answers->addStretch(1);
    auto* all = new QVBoxLayout(this);
    all->addWidget(m_text);
    all->addLayout(answers);
}

void WebPicture::setTheme(const Theme& theme) {
    setTextColour(m_text, theme.ink);
}

bool WebPicture::ask(const QUrl& url, qint64 mostBytes) {
    if (m_download == nullptr) {
        return false;
    }
    cancel();
    m_url = url;
    m_most = mostBytes;
    m_text->setText(tr("The picture is on the web, at %1. Linnet has not contacted that server. "
                       "Download the picture from there?")
                        .arg(url.host()));
    Q_EMIT changed();
    m_refuse->setFocus();
    return true;
}

void WebPicture::download() {
    m_downloading = true;
    m_download->start(m_url, m_most);
    Q_EMIT changed();
}

void WebPicture::end() {
    m_downloading = false;
    m_url.clear();
    Q_EMIT changed();
}

void WebPicture::cancel() {
    if (std::exchange(m_downloading, false)) {
        m_download->cancel();
    }
    if (!m_url.isEmpty()) {
        end();
    }
}

} // namespace linnet::ui
