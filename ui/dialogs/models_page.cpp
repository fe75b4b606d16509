#include "ui/dialogs/models_page.h"

#include <QComboBox>
#include <QDesktopServices>
#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QPushButton>
#include <QUrl>

#include "ui/diagnostics.h"

namespace linnet::ui {

namespace setting = services::setting;

ModelsPage::ModelsPage(services::Settings& settings, services::ModelLibrary& library,
                       Dialogs& dialogs, QWidget* parent)
    : SettingsForm(settings, parent)
    , m_library(library)
    , m_dialogs(dialogs) {
    heading(tr("Model for prose"));
    m_model = new QComboBox(this);
    m_model->setObjectName(QString::fromLatin1(setting::proseModel.key));
    m_model->setAccessibleName(tr("Model for prose"));
    m_model->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    row(tr("Model"), m_model);
    m_about = new QLabel(this);
    m_about->setObjectName(QStringLiteral("modelAbout"));
    m_about->setWordWrap(true);
    m_about->setForegroundRole(QPalette::PlaceholderText);
    wide(m_about);
    m_state = new QLabel(this);
    m_state->setObjectName(QStringLiteral("modelState"));
    m_state->setWordWrap(true);
    wide(m_state);
    auto* buttons = new QWidget(this);
    auto* line = new QHBoxLayout(buttons);
    line->setContentsMargins(0, 0, 0, 0);
    m_retry = new QPushButton(tr("Load Again"), buttons);
    auto* folder = new QPushButton(tr("Open the Folder for Models"), buttons);
    line->addWidget(m_retry);
    line->addWidget(folder);
    line->addStretch(1);
    wide(buttons);
    heading(tr("How it runs"));
    choice(setting::device, tr("Device"),
           {{QStringLiteral("auto"), tr("Graphics card if there is one")},
            {QStringLiteral("cpu"), tr("Processor")},
            {QStringLiteral("cuda"), tr("Graphics card (CUDA)")}});
    choice(setting::precision, tr("Precision"),
           {{QStringLiteral("auto"), tr("Automatic")},
            {QStringLiteral("int8"), tr("8-bit integers (least memory)")},
            {QStringLiteral("float16"), tr("16-bit floating point")},
            {QStringLiteral("bfloat16"), tr("16-bit brain floating point")},
            {QStringLiteral("float32"), tr("32-bit floating point (exact)")}});
    number(setting::threads, tr("Threads"), QString(), 64, tr("all but one core"));
    number(setting::idleUnload, tr("Free its memory after"), tr(" idle minutes"), 0, tr("never"));
    addFolders();

    connect(m_retry, &QPushButton::clicked, this, &ModelsPage::retryRequested);
    connect(folder, &QPushButton::clicked, this, [this] {
        QDir().mkpath(m_library.userFolder());
        QDesktopServices::openUrl(QUrl::fromLocalFile(m_library.userFolder()));
    });
    connect(m_model, &QComboBox::activated, this, [this](int index) {
        m_settings.set(setting::proseModel, m_model->itemData(index).toString());
    });
    m_settings.observe(setting::proseModel, this, [this](const QString& name) {
        m_model->setCurrentIndex(m_model->findData(name));
        describe();
    });
    fillModels();
    setStatus({});
}

void ModelsPage::addFolders() {
    heading(tr("Further folders with models"));
    m_folders = new QListWidget(this);
    m_folders->setObjectName(QString::fromLatin1(setting::modelFolders.key));
    m_folders->setAccessibleName(tr("Further folders with models"));
    m_folders->setMaximumHeight(90);
    m_folders->setTextElideMode(Qt::ElideMiddle);
    wide(m_folders);
    auto* buttons = new QWidget(this);
    auto* line = new QHBoxLayout(buttons);
    line->setContentsMargins(0, 0, 0, 0);
    auto* add = new QPushButton(tr("Add a Folder…"), buttons);
    add->setObjectName(QStringLiteral("addModelFolder"));
    auto* remove = new QPushButton(tr("Remove from the List"), buttons);
    remove->setObjectName(QStringLiteral("removeModelFolder"));
    line->addWidget(add);
    line->addWidget(remove);
    line->addStretch(1);
    wide(buttons);
    connect(add, &QPushButton::clicked, this, [this] {
        const QString folder = m_dialogs.folderToUse(this, tr("Folder with models"));
        QStringList folders = m_settings.value(setting::modelFolders);
        if (!folder.isEmpty() && !folders.contains(folder)) {
            m_settings.set(setting::modelFolders, folders << folder);
        }
    });
    connect(remove, &QPushButton::clicked, this, [this] {
        QStringList folders = m_settings.value(setting::modelFolders);
        folders.removeAt(m_folders->currentRow());
        m_settings.set(setting::modelFolders, folders);
    });
    connect(m_folders, &QListWidget::currentRowChanged, remove,
            [remove](int row) { remove->setEnabled(row >= 0); });
    remove->setEnabled(false);
    m_settings.observe(setting::modelFolders, this, [this](const QStringList& folders) {
        m_folders->clear();
        for (const QString& folder : folders) {
            m_folders->addItem(QDir::toNativeSeparators(folder));
        }
        m_library.setFolders(folders);
        fillModels();
    });
}

void ModelsPage::refresh() {
    m_library.scan();
    fillModels();
}

void ModelsPage::fillModels() {
    const QString chosen = m_settings.value(setting::proseModel);
    m_model->clear();
    m_model->addItem(tr("The best there is for English"), QString());
    for (const services::ModelEntry& entry : m_library.models()) {
        m_model->addItem(entry.usable() ? entry.title : tr("%1 (cannot be used)").arg(entry.title),
                         entry.name);
    }
    if (m_model->findData(chosen) < 0) {
        m_model->addItem(tr("%1 (not found)").arg(chosen), chosen);
    }
    m_model->setCurrentIndex(m_model->findData(chosen));
    describe();
}

void ModelsPage::describe() {
    const QString chosen = m_settings.value(setting::proseModel);
    const auto entry =
        chosen.isEmpty() ? m_library.bestFor(QStringLiteral("en")) : m_library.find(chosen);
    if (!entry) {
        m_about->setText(tr("There is no model here yet. Put a model’s folder (config.json, "
                            "model.safetensors, tokenizer.json) into the folder for models."));
        return;
    }
    if (!entry->usable()) {
        m_about->setText(tr("%1 cannot be used. %2").arg(entry->title, entry->problem));
        return;
    }
    QStringList lines;
    if (!entry->description.isEmpty()) {
        lines.append(entry->description);
    }
    const QString licence = entry->licence.isEmpty() ? tr("not stated") : entry->licence;
    lines.append(
        tr("%1 · licence: %2").arg(QLocale().formattedDataSize(entry->sizeBytes), licence));
    lines.append(QDir::toNativeSeparators(entry->folder));
    m_about->setText(lines.join(u'\n'));
}

void ModelsPage::setStatus(const services::ModelStatus& status) {
    m_status = status;
    using services::ModelState;
    QString text;
    switch (status.state) {
    case ModelState::Off:
        text = tr("The model is not in memory at the moment.");
        break;
    case ModelState::Loading:
        text = tr("The model is loading.");
        break;
    case ModelState::Ready:
        text = status.precision.isEmpty() ? tr("The model is ready.")
                                          : tr("The model is ready, on %1 with weights of type %2.")
                                                .arg(status.device.toUpper(), status.precision);
        break;
    case ModelState::Failed:
        text = tr("The model could not be loaded. Your text is not affected. Choose another model, "
                  "or try again.");
        break;
    }
    const QString notice = noticeOf(status);
    m_state->setText(notice.isEmpty() ? text : text + u'\n' + notice);
    m_retry->setEnabled(status.state == ModelState::Failed);
}

} // namespace linnet::ui
