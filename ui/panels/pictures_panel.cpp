#include "ui/panels/pictures_panel.h"

#include <utility>

#include <QApplication>
#include <QClipboard>
#include <QDropEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/dialogs/dialogs.h"
#include "ui/panels/drop_area.h"
#include "ui/panels/picture_card.h"
#include "ui/panels/picture_cards.h"
#include "ui/panels/picture_export.h"
#include "ui/panels/web_picture.h"
#include "ui/picture_words.h"
#include "ui/verse_words.h"

namespace linnet::ui {

namespace setting = services::setting;

namespace {
constexpr int narrowest = 340;
constexpr int margin = 12;
constexpr qint64 million = 1'000'000;

QLabel* makeLabel(const char* name, QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setObjectName(QLatin1String(name));
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

QPushButton* makeButton(const char* name, const QString& text, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setObjectName(QLatin1String(name));
    button->setAutoDefault(false);
    return button;
}
} // namespace

PicturesPanel::PicturesPanel(services::CaptionSource& captions, services::Settings& settings,
                             Dialogs& dialogs, services::PictureDownload* download, QWidget* parent)
    : QWidget(parent)
    , m_captions(captions)
    , m_settings(settings)
    , m_dialogs(dialogs)
    , m_theme(lightTheme()) {
    setObjectName(QStringLiteral("picturesPanel"));
    setAcceptDrops(true);
    build(download);
    connectSource();
    connectWeb();
    connectCards();
    settings.observe(setting::captionLanguage, this, [this](const QString& choice) {
        m_cards->setRows(choice == QLatin1String("both") ? 4 : 3);
    });
    showState();
    setTheme(m_theme);
}

PicturesPanel::~PicturesPanel() {
    // Nobody is left to read them.
    m_captions.cancel(m_batch.open());
    for (const quint64 search : std::as_const(m_searches)) {
        m_captions.cancelSearch(search);
    }
}

void PicturesPanel::build(services::PictureDownload* download) {
    m_drop = new DropArea(this);
    m_drop->button().installEventFilter(this);
    connect(m_drop, &DropArea::chooseRequested, this, &PicturesPanel::choosePictures);
    m_web = new WebPicture(download, this);
    m_web->layout()->setContentsMargins(margin, 0, margin, 0);
    m_progress = makeProgress();
    m_message = makeLabel("pictureMessage", this);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_message->setContentsMargins(margin, 0, margin, 0);
    m_message->hide();
    m_cards = new PictureCards(this);
    m_bottom = makeBottom();

    auto* area = new QVBoxLayout;
    area->setContentsMargins(margin, 10, margin, 0);
    area->addWidget(m_drop);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(8);
    all->addLayout(area, 1);
    all->addWidget(m_web);
    all->addWidget(m_progress);
    all->addWidget(m_message);
    all->addWidget(m_cards, 1000);
    all->addWidget(m_bottom);
    setMinimumWidth(narrowest);
    setFocusProxy(&m_drop->button());
}

QWidget* PicturesPanel::makeProgress() {
    auto* progress = new QWidget(this);
    m_progressText = makeLabel("pictureProgress", progress);
    auto* stop = makeButton("pictureStop", tr("Stop"), progress);
    connect(stop, &QPushButton::clicked, this, &PicturesPanel::stop);
    auto* row = new QHBoxLayout(progress);
    row->setContentsMargins(margin, 0, margin, 0);
    row->addWidget(m_progressText, 1);
    row->addWidget(stop);
    return progress;
}

QWidget* PicturesPanel::makeBottom() {
    auto* bottom = new QWidget(this);
    m_export = new PictureExport(*m_cards, m_dialogs, bottom);
    m_export->installEventFilter(this);
    connect(m_export, &PictureExport::said, this, &PicturesPanel::say);
    auto* clear = makeButton("pictureClear", tr("Clear"), bottom);
    clear->setToolTip(tr("Take all pictures off the list; their files stay."));
    connect(clear, &QPushButton::clicked, this, &PicturesPanel::clear);
    auto* row = new QHBoxLayout(bottom);
    row->setContentsMargins(margin, 0, margin, margin);
    row->addWidget(m_export);
    row->addStretch(1);
    row->addWidget(clear);
    return bottom;
}

void PicturesPanel::connectSource() {
    using services::CaptionSource;
    connect(&m_captions, &CaptionSource::found, this, &PicturesPanel::onFound);
    connect(&m_captions, &CaptionSource::started, this, [this](quint64 id) {
        if (m_batch.isOpen(id)) {
            m_batch.begin();
            m_cards->change(m_cards->indexOf(id), [](PictureEntry& entry) {
                entry.state = PictureEntry::State::Working;
            });
        }
    });
    connect(&m_captions, &CaptionSource::thumbnailReady, this,
            [this](quint64 id, const services::PicturePixels& pixels) {
                if (m_batch.isOpen(id)) {
                    m_cards->change(m_cards->indexOf(id), [&](PictureEntry& entry) {
                        entry.thumbnail = toImage(pixels);
                    });
                }
            });
    connect(&m_captions, &CaptionSource::captioned, this, &PicturesPanel::onCaptions);
    connect(&m_captions, &CaptionSource::failed, this, &PicturesPanel::onFailed);
    connect(&m_captions, &CaptionSource::statusChanged, this, &PicturesPanel::showModel);
}

void PicturesPanel::connectWeb() {
    connect(m_web, &WebPicture::changed, this, [this] {
        if (m_web->isDownloading()) {
            say(QString(), false);
        }
        showState();
    });
    connect(m_web, &WebPicture::fetched, this,
            [this](const QByteArray& bytes, const QString& name) {
                services::PictureQuery query;
                query.bytes = bytes;
                addQueries({query}, {name});
            });
    connect(m_web, &WebPicture::failed, this, [this](const QString& why) { say(why, true); });
}

void PicturesPanel::connectCards() {
    connect(m_cards, &PictureCards::insertRequested, this, [this](int index) {
        const QString caption = m_cards->entries().at(index).caption();
        if (!caption.isEmpty()) {
            Q_EMIT insertRequested(caption);
        }
    });
    connect(m_cards, &PictureCards::markdownRequested, this, [this](int index) {
        const PictureEntry& entry = m_cards->entries().at(index);
        Q_EMIT markdownRequested(entry.file, entry.caption());
    });
    connect(m_cards, &PictureCards::poemRequested, this,
            [this](int index) { Q_EMIT poemRequested(m_cards->entries().at(index).caption()); });
    connect(m_cards, &PictureCards::removeRequested, this, &PicturesPanel::remove);
    connect(m_cards, &PictureCards::left, this, [this](bool forward) {
        if (forward) {
            m_export->setFocus(Qt::TabFocusReason);
        } else {
            m_drop->button().setFocus(Qt::BacktabFocusReason);
        }
    });
}

void PicturesPanel::setTheme(const Theme& theme) {
    m_theme = theme;
    m_drop->setTheme(theme);
    m_cards->setTheme(theme);
    setTextColour(m_progressText, theme.muted);
    m_web->setTheme(theme);
    setTextColour(m_message, m_saidBad ? theme.bad : theme.muted);
}

void PicturesPanel::setFamilies(const QStringList& latin, const QStringList& chinese) {
    m_cards->setFamilies(latin, chinese);
}

QStringList PicturesPanel::languages() const {
    const QString choice = m_settings.value(setting::captionLanguage);
    const QString own = interfaceIsChinese() ? QStringLiteral("zh") : QStringLiteral("en");
    if (choice == QLatin1String("both")) {
        return {own, own == QLatin1String("zh") ? QStringLiteral("en") : QStringLiteral("zh")};
    }
    return {choice == QLatin1String("interface") ? own : choice};
}

int PicturesPanel::captionsEach() const {
    return m_settings.value(setting::captionLanguage) == QLatin1String("both") ? 2 : 3;
}

void PicturesPanel::addPaths(const QStringList& paths) {
    QStringList files;
    QStringList folders;
    for (const QString& path : paths) {
        (QFileInfo(path).isDir() ? folders : files).append(path);
    }
    if (!files.isEmpty()) {
        QVector<services::PictureQuery> queries;
        QStringList names;
        for (const QString& file : std::as_const(files)) {
            services::PictureQuery query;
            query.file = QFileInfo(file).absoluteFilePath();
            queries.append(query);
            names.append(QFileInfo(file).fileName());
        }
        addQueries(queries, names);
    }
    if (!folders.isEmpty()) {
        m_searches.insert(m_captions.find(folders));
        showState();
    }
}

void PicturesPanel::addQueries(const QVector<services::PictureQuery>& queries,
                               const QStringList& names) {
    say(QString(), false);
    QVector<PictureEntry> entries;
    QVector<quint64> ids;
    for (qsizetype i = 0; i < queries.size(); ++i) {
        services::PictureQuery query = queries.at(i);
        query.languages = languages();
        query.count = captionsEach();
        PictureEntry entry;
        entry.id = m_captions.add(query);
        entry.file = query.file;
        entry.name = names.at(i);
        ids.append(entry.id);
        entries.append(entry);
    }
    m_batch.add(ids);
    m_cards->append(entries);
    showState();
}

bool PicturesPanel::add(const DroppedPictures& pictures) {
    // In here a file is a picture whatever its name says; its bytes decide.
    const QStringList paths = pictures.paths + pictures.others;
    services::PictureQuery query;
    query.bytes = pictures.bytes;
    if (!pictures.image.isNull()) {
        query.pixels = toPixels(pictures.image);
    }
    if (!paths.isEmpty()) {
        addPaths(paths);
    } else if (!query.bytes.isEmpty() || !query.pixels.isEmpty()) {
        addQueries({query}, {tr("Pasted picture")});
    } else {
        return !pictures.remote.isEmpty() &&
               m_web->ask(pictures.remote, m_settings.value(setting::pictureMegabytes) * million);
    }
    return true;
}

void PicturesPanel::choosePictures() {
    addPaths(m_dialogs.picturesToOpen(this));
}

void PicturesPanel::chooseFolder() {
    const QString folder = m_dialogs.folderToUse(this, tr("Caption the Pictures in a Folder"));
    if (!folder.isEmpty()) {
        addPaths({folder});
    }
}

void PicturesPanel::onFound(quint64 id, const QStringList& files, bool more) {
    if (!m_searches.remove(id)) {
        return;
    }
    addPaths(files);
    if (files.isEmpty()) {
        say(tr("There are no pictures in this folder that can be read: JPEG, PNG, WebP, TIFF, BMP "
               "and GIF can."),
            false);
    } else if (more) {
        say(tr("The folder holds more pictures than can be shown at once; these are the first %n.",
               nullptr, static_cast<int>(files.size())),
            false);
    }
    showState();
}

void PicturesPanel::onFailed(quint64 id, const services::CaptionFailure& failure) {
    if (!m_batch.isOpen(id)) {
        return;
    }
    m_cards->change(m_cards->indexOf(id), [&](PictureEntry& entry) {
        entry.state = PictureEntry::State::Failed;
        entry.problem = explainPictureFailure(failure);
    });
    finish(id);
}

void PicturesPanel::onCaptions(quint64 id, const QVector<services::CaptionReply>& captions) {
    if (!m_batch.isOpen(id)) {
        return;
    }
    m_cards->change(m_cards->indexOf(id), [&](PictureEntry& entry) {
        entry.state = PictureEntry::State::Done;
        for (const services::CaptionReply& caption : captions) {
            entry.captions.append(caption.text);
            entry.probabilities.append(caption.probability);
        }
        entry.said = entry.captions;
    });
    finish(id);
}

void PicturesPanel::finish(quint64 id) {
    m_batch.finish(id);
    showState();
}

bool PicturesPanel::isBusy() const {
    return !m_batch.isIdle() || !m_searches.isEmpty() || m_web->isDownloading();
}

// What waits goes off the list; what has captions stays.
void PicturesPanel::stop() {
    m_captions.cancel(m_batch.open());
    for (const quint64 search : std::as_const(m_searches)) {
        m_captions.cancelSearch(search);
    }
    m_searches.clear();
    m_cards->keep([&](const PictureEntry& entry) { return !m_batch.isOpen(entry.id); });
    m_batch.dropAll();
    m_web->cancel();
    showState();
}

void PicturesPanel::remove(int index) {
    if (index < 0 || index >= m_cards->entries().size()) {
        return;
    }
    const quint64 id = m_cards->entries().at(index).id;
    if (m_batch.drop(id)) {
        m_captions.cancel({id});
    }
    m_cards->keep([id](const PictureEntry& entry) { return entry.id != id; });
    showState();
    focusFirst();
}

void PicturesPanel::clear() {
    stop();
    m_cards->keep([](const PictureEntry&) { return false; });
    say(QString(), false);
    showState();
    focusFirst();
}

void PicturesPanel::focusFirst() {
    m_drop->button().setFocus(Qt::OtherFocusReason);
}

void PicturesPanel::showState() {
    const bool any = !m_cards->entries().isEmpty();
    m_drop->setSmall(any);
    layout()->setContentsMargins(0, 0, 0, any ? 0 : margin);
    m_cards->setVisible(any);
    m_bottom->setVisible(any);
    m_web->setVisible(m_web->isAsking());
    m_export->refresh();
    m_progress->setVisible(isBusy());
    if (isBusy()) {
        showProgress();
    }
}

void PicturesPanel::showProgress() {
    if (m_web->isDownloading()) {
        m_progressText->setText(tr("Downloading from %1…").arg(m_web->host()));
    } else if (m_batch.isIdle()) {
        m_progressText->setText(tr("Looking for pictures…"));
    } else if (!m_saidOfModel.isEmpty() && !m_batch.hasAnswers()) {
        m_progressText->setText(m_saidOfModel);
    } else {
        m_progressText->setText(m_batch.text());
    }
}

void PicturesPanel::showModel(const services::ModelStatus& status) {
    m_saidOfModel =
        status.state == services::ModelState::Loading ? tr("The model is loading…") : QString();
    if (isBusy()) {
        showProgress();
    }
}

void PicturesPanel::say(const QString& message, bool bad) {
    m_saidBad = bad;
    setTextColour(m_message, bad ? m_theme.bad : m_theme.muted);
    m_message->setText(message);
    m_message->setVisible(!message.isEmpty());
}

// Cards come into being as they are scrolled; Tab still goes from the top to the bottom.
bool PicturesPanel::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress && m_cards->isVisible()) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (watched == &m_drop->button() && key == Qt::Key_Tab && !m_progress->isVisible() &&
            !m_web->isVisible()) {
            m_cards->reveal(m_cards->firstInView())->focusFirst();
            return true;
        }
        if (watched == m_export && key == Qt::Key_Backtab) {
            m_cards->reveal(static_cast<int>(m_cards->entries().size()) - 1)->focusLast();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void PicturesPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        // The first Esc stops, the next one leaves.
        if (isBusy() || m_web->isAsking()) {
            stop();
        } else {
            Q_EMIT closeRequested();
        }
        return;
    }
    if (event->matches(QKeySequence::Paste)) {
        if (!add(picturesIn(*QApplication::clipboard()->mimeData()))) {
            say(tr("There is no picture on the clipboard."), false);
        }
        return;
    }
    QWidget::keyPressEvent(event);
}

void PicturesPanel::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls() || hasPictures(*event->mimeData())) {
        event->acceptProposedAction();
        m_drop->setActive(true);
    }
}

void PicturesPanel::dragLeaveEvent(QDragLeaveEvent* event) {
    QWidget::dragLeaveEvent(event);
    m_drop->setActive(false);
}

void PicturesPanel::dropEvent(QDropEvent* event) {
    m_drop->setActive(false);
    event->acceptProposedAction();
    if (!add(picturesIn(*event->mimeData()))) {
        say(tr("What was dropped is no picture."), false);
    }
}

} // namespace linnet::ui
