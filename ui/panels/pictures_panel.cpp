#include "ui/panels/pictures_panel.h"

#include <utility>

#include <QApplication>
#include <QClipboard>
#include <QDropEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/diagnostics.h"
#include "ui/dialogs/dialogs.h"
#include "ui/panels/drop_area.h"
#include "ui/panels/picture_card.h"
#include "ui/panels/picture_cards.h"
#include "ui/picture_words.h"
#include "ui/verse_words.h"

namespace linnet::ui {

namespace setting = services::setting;

namespace {
constexpr int narrowest = 340;
constexpr int margin = 12;
constexpr qint64 million = 1'000'000;
} // namespace

PicturesPanel::PicturesPanel(services::CaptionSource& captions, services::Settings& settings,
                             Dialogs& dialogs, services::PictureDownload* download, QWidget* parent)
    : QWidget(parent)
    , m_captions(captions)
    , m_settings(settings)
    , m_dialogs(dialogs)
    , m_download(download)
    , m_theme(lightTheme()) {
    setObjectName(QStringLiteral("picturesPanel"));
    setAcceptDrops(true);
    build();
    connectSource();
    connectDownload();
    connectCards();
    settings.observe(setting::captionLanguage, this, [this](const QString& choice) {
        m_cards->setRows(choice == QLatin1String("both") ? 4 : 3);
    });
    showState();
    setTheme(m_theme);
}

PicturesPanel::~PicturesPanel() {
    // Nobody is left to read them.
    m_captions.cancel(QVector<quint64>(m_open.begin(), m_open.end()));
    for (const quint64 search : std::as_const(m_searches)) {
        m_captions.cancelSearch(search);
    }
}

void PicturesPanel::build() {
    const auto makeLabel = [](const char* name, QWidget* parent) {
        auto* label = new QLabel(parent);
        label->setObjectName(QLatin1String(name));
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        return label;
    };
    const auto makeButton = [](const char* name, const QString& text, QWidget* parent) {
        auto* button = new QPushButton(text, parent);
        button->setObjectName(QLatin1String(name));
        button->setAutoDefault(false);
        return button;
    };
    m_drop = new DropArea(this);
    m_drop->button().installEventFilter(this);
    connect(m_drop, &DropArea::chooseRequested, this, &PicturesPanel::choosePictures);

    m_question = new QWidget(this);
    m_questionText = makeLabel("pictureQuestion", m_question);
    auto* agree = makeButton("pictureDownload", tr("Download"), m_question);
    auto* refuse = makeButton("pictureNoDownload", tr("No"), m_question);
    connect(agree, &QPushButton::clicked, this, &PicturesPanel::download);
    connect(refuse, &QPushButton::clicked, this, [this] {
        m_remote.clear();
        showState();
    });
    auto* answers = new QHBoxLayout;
    answers->addWidget(agree);
    answers->addWidget(refuse);
    answers->addStretch(1);
    auto* question = new QVBoxLayout(m_question);
    question->setContentsMargins(margin, 0, margin, 0);
    question->addWidget(m_questionText);
    question->addLayout(answers);

    m_progress = new QWidget(this);
    m_progressText = makeLabel("pictureProgress", m_progress);
    m_stop = makeButton("pictureStop", tr("Stop"), m_progress);
    connect(m_stop, &QPushButton::clicked, this, &PicturesPanel::stop);
    auto* progress = new QHBoxLayout(m_progress);
    progress->setContentsMargins(margin, 0, margin, 0);
    progress->addWidget(m_progressText, 1);
    progress->addWidget(m_stop);

    m_message = makeLabel("pictureMessage", this);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_message->setContentsMargins(margin, 0, margin, 0);
    m_message->hide();
    m_cards = new PictureCards(this);
    m_bottom = new QWidget(this);
    m_export = makeExportButton();
    m_export->installEventFilter(this);
    m_clear = makeButton("pictureClear", tr("Clear"), m_bottom);
    m_clear->setToolTip(tr("Take all pictures off the list; their files stay."));
    connect(m_clear, &QPushButton::clicked, this, &PicturesPanel::clear);
    auto* bottom = new QHBoxLayout(m_bottom);
    bottom->setContentsMargins(margin, 0, margin, margin);
    bottom->addWidget(m_export);
    bottom->addStretch(1);
    bottom->addWidget(m_clear);

    auto* area = new QVBoxLayout;
    area->setContentsMargins(margin, 10, margin, 0);
    area->addWidget(m_drop);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(8);
    all->addLayout(area, 1);
    all->addWidget(m_question);
    all->addWidget(m_progress);
    all->addWidget(m_message);
    all->addWidget(m_cards, 1000);
    all->addWidget(m_bottom);
    setMinimumWidth(narrowest);
    setFocusProxy(&m_drop->button());
}

QToolButton* PicturesPanel::makeExportButton() {
    auto* button = new QToolButton(m_bottom);
    button->setObjectName(QStringLiteral("pictureExport"));
    button->setText(tr("Export"));
    button->setToolTip(tr("Write the captions into files."));
    button->setPopupMode(QToolButton::InstantPopup);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    auto* menu = new QMenu(button);
    menu->addAction(tr("As a Table (TSV)…"), this, [this] { exportAs(false); });
    menu->addAction(tr("As JSON…"), this, [this] { exportAs(true); });
    menu->addAction(tr("As a Text File Beside Each Picture"), this, [this] { exportBeside(); });
    button->setMenu(menu);
    return button;
}

void PicturesPanel::connectSource() {
    using services::CaptionSource;
    connect(&m_captions, &CaptionSource::found, this, &PicturesPanel::onFound);
    connect(&m_captions, &CaptionSource::started, this, [this](quint64 id) {
        if (m_open.contains(id)) {
            if (!m_clock.isValid()) {
                m_clock.start();
            }
            m_cards->change(m_cards->indexOf(id), [](PictureEntry& entry) {
                entry.state = PictureEntry::State::Working;
            });
        }
    });
    connect(&m_captions, &CaptionSource::thumbnailReady, this,
            [this](quint64 id, const services::PicturePixels& pixels) {
                if (m_open.contains(id)) {
                    m_cards->change(m_cards->indexOf(id), [&](PictureEntry& entry) {
                        entry.thumbnail = toImage(pixels);
                    });
                }
            });
    connect(&m_captions, &CaptionSource::captioned, this, &PicturesPanel::onCaptions);
    connect(&m_captions, &CaptionSource::failed, this, &PicturesPanel::onFailed);
    connect(&m_captions, &CaptionSource::statusChanged, this, &PicturesPanel::showModel);
}

void PicturesPanel::connectDownload() {
    if (m_download == nullptr) {
        return;
    }
    connect(m_download, &services::PictureDownload::finished, this,
            [this](const QUrl& url, const QByteArray& bytes) {
                if (m_downloading && url == m_remote) {
                    m_downloading = false;
                    m_remote.clear();
                    services::PictureQuery query;
                    query.bytes = bytes;
                    addQueries({query}, {url.fileName().isEmpty() ? url.host() : url.fileName()});
                }
            });
    connect(m_download, &services::PictureDownload::failed, this,
            [this](const QUrl& url, const engine::Error& error) {
                if (m_downloading && url == m_remote) {
                    m_downloading = false;
                    m_remote.clear();
                    say(explainPictureFailure(
                            {error.code, false, QString::fromStdString(error.message)}),
                        true);
                    showState();
                }
            });
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
    setTextColour(m_questionText, theme.ink);
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
    if (m_open.isEmpty()) {
        m_batch = 0;
        m_done = 0;
        m_clock.invalidate();
    }
    say(QString(), false);
    QVector<PictureEntry> entries;
    for (qsizetype i = 0; i < queries.size(); ++i) {
        services::PictureQuery query = queries.at(i);
        query.languages = languages();
        query.count = captionsEach();
        PictureEntry entry;
        entry.id = m_captions.add(query);
        entry.file = query.file;
        entry.name = names.at(i);
        m_open.insert(entry.id);
        entries.append(entry);
    }
    m_batch += static_cast<int>(entries.size());
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
    } else if (!pictures.remote.isEmpty() && m_download != nullptr) {
        askToDownload(pictures.remote);
    } else {
        return false;
    }
    return true;
}

void PicturesPanel::askToDownload(const QUrl& url) {
    m_remote = url;
    m_questionText->setText(tr("The picture is on the web, at %1. Linnet has not contacted that "
                               "server. Download the picture from there?")
                                .arg(url.host()));
    showState();
    m_question->findChild<QPushButton*>(QStringLiteral("pictureNoDownload"))->setFocus();
}

void PicturesPanel::download() {
    m_downloading = true;
    say(QString(), false);
    m_download->start(m_remote, m_settings.value(setting::pictureMegabytes) * million);
    showState();
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
    if (!m_open.contains(id)) {
        return;
    }
    m_cards->change(m_cards->indexOf(id), [&](PictureEntry& entry) {
        entry.state = PictureEntry::State::Failed;
        entry.problem = explainPictureFailure(failure);
    });
    finish(id);
}

void PicturesPanel::onCaptions(quint64 id, const QVector<services::CaptionReply>& captions) {
    if (!m_open.contains(id)) {
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
    m_open.remove(id);
    ++m_done;
    showState();
}

bool PicturesPanel::isBusy() const {
    return !m_open.isEmpty() || !m_searches.isEmpty() || m_downloading;
}

// What waits goes off the list; what has captions stays.
void PicturesPanel::stop() {
    const QVector<quint64> ids(m_open.begin(), m_open.end());
    m_captions.cancel(ids);
    m_open.clear();
    for (const quint64 search : std::as_const(m_searches)) {
        m_captions.cancelSearch(search);
    }
    m_searches.clear();
    if (std::exchange(m_downloading, false)) {
        m_download->cancel();
    }
    m_remote.clear();
    m_cards->keep([&](const PictureEntry& entry) { return !ids.contains(entry.id); });
    showState();
}

void PicturesPanel::remove(int index) {
    if (index < 0 || index >= m_cards->entries().size()) {
        return;
    }
    const quint64 id = m_cards->entries().at(index).id;
    if (m_open.remove(id)) {
        m_captions.cancel({id});
        --m_batch;
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
    m_question->setVisible(!m_remote.isEmpty() && !m_downloading);
    m_export->setEnabled(!records().isEmpty());
    m_progress->setVisible(isBusy());
    if (isBusy()) {
        showProgress();
    }
}

void PicturesPanel::showProgress() {
    if (m_downloading) {
        m_progressText->setText(tr("Downloading from %1…").arg(m_remote.host()));
        return;
    }
    if (m_open.isEmpty()) {
        m_progressText->setText(tr("Looking for pictures…"));
        return;
    }
    if (!m_saidOfModel.isEmpty() && m_done == 0) {
        m_progressText->setText(m_saidOfModel);
        return;
    }
    QString text = tr("%1 of %2").arg(m_done).arg(m_batch);
    constexpr int enough = 3; // pictures, to know how long one takes
    if (m_done >= enough && m_clock.isValid()) {
        const qint64 left = m_clock.elapsed() / m_done * (m_batch - m_done) / 1000;
        if (left >= 90) {
            text = tr("%1 · about %n minute(s) left", nullptr, static_cast<int>((left + 30) / 60))
                       .arg(text);
        } else if (left >= 10) {
            text = tr("%1 · about %n second(s) left", nullptr, static_cast<int>(left / 5 * 5))
                       .arg(text);
        }
    }
    m_progressText->setText(text);
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

QVector<services::CaptionRecord> PicturesPanel::records() const {
    QVector<services::CaptionRecord> records;
    for (const PictureEntry& entry : m_cards->entries()) {
        if (entry.state != PictureEntry::State::Done &&
            entry.state != PictureEntry::State::Failed) {
            continue;
        }
        services::CaptionRecord record{
            entry.file.isEmpty() ? entry.name : entry.file, {}, {}, entry.problem};
        QVector<int> order;
        for (int i = 0; i < entry.captions.size(); ++i) {
            order.append(i);
        }
        if (order.contains(entry.chosen)) {
            order.move(entry.chosen, 0);
        }
        for (const int i : std::as_const(order)) {
            record.captions.append(entry.captions.at(i));
            record.probabilities.append(entry.captions.at(i) == entry.said.value(i)
                                            ? entry.probabilities.value(i, -1)
                                            : -1);
        }
        records.append(record);
    }
    return records;
}

void PicturesPanel::exportAs(bool json) {
    const QFileInfo first(m_cards->entries().constFirst().file);
    const QString name = json ? QStringLiteral("captions.json") : QStringLiteral("captions.tsv");
    const QString suggestion =
        first.isAbsolute() ? first.absolutePath() + u'/' + name : name; // beside the pictures
    const QString path = m_dialogs.fileToSave(this, suggestion);
    if (path.isEmpty()) {
        return;
    }
    const auto written = services::writeWhole(path, json ? services::captionsAsJson(records())
                                                         : services::captionsAsTsv(records()));
    if (written) {
        say(tr("The captions are in %1.").arg(QFileInfo(path).fileName()), false);
    } else {
        say(withReason(tr("The captions could not be written."), written.error()), true);
    }
}

void PicturesPanel::exportBeside() {
    QVector<services::CaptionRecord> files = records();
    int existing = 0;
    for (auto& record : files) {
        if (!QFileInfo(record.file).isAbsolute()) {
            record.file.clear(); // pasted
        }
        existing += !record.file.isEmpty() && !record.captions.isEmpty() &&
                            QFileInfo::exists(services::captionFileOf(record.file))
                        ? 1
                        : 0;
    }
    if (existing > 0 &&
        !m_dialogs.confirm(this, tr("Replace %n text file(s)?", nullptr, existing),
                           tr("Pictures on the list have text files of their names already."),
                           tr("Replace"))) {
        return;
    }
    const auto written = services::writeCaptionFiles(files);
    if (written) {
        say(tr("%n text file(s) written.", nullptr, *written), false);
    } else {
        say(withReason(tr("The captions could not be written."), written.error()), true);
    }
}

// Cards come into being as they are scrolled; Tab still goes from the top to the bottom.
bool PicturesPanel::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress && m_cards->isVisible()) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (watched == &m_drop->button() && key == Qt::Key_Tab && !m_progress->isVisible() &&
            !m_question->isVisible()) {
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
        if (isBusy() || !m_remote.isEmpty()) {
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
