#include "ui/pictures_desk.h"

#include <QDockWidget>
#include <QMainWindow>
#include <QMimeData>
#include <QTextBlock>

#include "ui/panels/picture_mime.h"
#include "ui/panels/pictures_panel.h"
#include "ui/picture_words.h"

namespace linnet::ui {

namespace {
constexpr int panelWidth = 380;

bool isChineseCharacter(QChar c) {
    return c.script() == QChar::Script_Han || (c >= QChar(0x3000) && c <= QChar(0x303F)) ||
           (c >= QChar(0xFF00) && c <= QChar(0xFFEF));
}
} // namespace

PicturesDesk::PicturesDesk(QMainWindow& window, Editor& editor, services::CaptionSource& captions,
                           services::Settings& settings, Dialogs& dialogs,
                           services::PictureDownload* download)
    : QObject(&window)
    , m_editor(editor)
    , m_captions(captions)
    , m_settings(settings)
    , m_dialogs(dialogs)
    , m_download(download)
    , m_theme(lightTheme()) {
    m_dock = new QDockWidget(tr("Pictures"), &window);
    m_dock->setObjectName(QStringLiteral("picturesDock"));
    m_dock->setAllowedAreas(Qt::LeftDockWidgetArea | Qt::RightDockWidgetArea);
    window.addDockWidget(Qt::RightDockWidgetArea, m_dock);
    window.resizeDocks({m_dock}, {panelWidth}, Qt::Horizontal);
    m_dock->hide();
    connect(m_dock, &QDockWidget::visibilityChanged, this, [this] {
        if (isPanelVisible()) {
            panel();
        }
        Q_EMIT panelShown(isPanelVisible());
    });
    editor.setMimeTaker(this);
}

PicturesDesk::~PicturesDesk() {
    m_editor.setMimeTaker(nullptr);
}

PicturesPanel& PicturesDesk::panel() {
    if (m_panel == nullptr) {
        m_panel = new PicturesPanel(m_captions, m_settings, m_dialogs, m_download, m_dock);
        m_panel->setTheme(m_theme);
        m_panel->setFamilies(m_typography.latin, m_typography.chinese);
        connect(m_panel, &PicturesPanel::insertRequested, this, &PicturesDesk::insertCaption);
        connect(m_panel, &PicturesPanel::markdownRequested, this, &PicturesDesk::insertMarkdown);
        connect(m_panel, &PicturesPanel::poemRequested, this, &PicturesDesk::poemRequested);
        connect(m_panel, &PicturesPanel::closeRequested, this, [this] { showPanel(false); });
        m_dock->setWidget(m_panel);
    }
    return *m_panel;
}

void PicturesDesk::setTheme(const Theme& theme) {
    m_theme = theme;
    if (m_panel != nullptr) {
        m_panel->setTheme(theme);
    }
}

void PicturesDesk::setTypography(const Typography& typography) {
    m_typography = typography;
    if (m_panel != nullptr) {
        m_panel->setFamilies(typography.latin, typography.chinese);
    }
}

bool PicturesDesk::isPanelVisible() const {
    return !m_dock->isHidden();
}

void PicturesDesk::showPanel(bool visible) {
    if (visible) {
        panel();
    }
    m_dock->setVisible(visible);
    if (visible) {
        m_dock->raise();
        m_panel->focusFirst();
    } else {
        m_editor.setFocus();
    }
}

void PicturesDesk::addPictures() {
    showPanel(true);
    m_panel->choosePictures();
}

void PicturesDesk::addFolder() {
    showPanel(true);
    m_panel->chooseFolder();
}

void PicturesDesk::insertCaption(const QString& caption) {
    const QTextCursor caret = m_editor.textCursor();
    const QString before =
        caret.block().text().left(caret.selectionEnd() - caret.block().position());
    const bool joined = before.isEmpty() || before.back().isSpace() ||
                        before.back().category() == QChar::Punctuation_Open ||
                        before.back().category() == QChar::Punctuation_InitialQuote ||
                        isChineseCharacter(before.back()) || isChineseCharacter(caption.front());
    insert(joined ? caption : u' ' + caption);
}

void PicturesDesk::insertMarkdown(const QString& file, const QString& caption) {
    insert(markdownImage(caption, file, m_folder));
}

void PicturesDesk::insert(const QString& text) {
    QTextCursor caret = m_editor.textCursor();
    caret.setPosition(caret.selectionEnd());
    m_editor.setTextCursor(caret);
    m_editor.insertSuggestion(0, text);
    m_editor.setFocus();
}

bool PicturesDesk::wants(const QMimeData& data) const {
    return hasPictures(data, m_download != nullptr);
}

QStringList PicturesDesk::take(const QMimeData& data) {
    // Documents among the pictures are opened as ever.
    DroppedPictures pictures = picturesIn(data);
    const QStringList others = std::exchange(pictures.others, {});
    showPanel(true);
    m_panel->add(pictures);
    return others;
}

} // namespace linnet::ui
