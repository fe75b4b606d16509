#include "ui/dialogs/suggestions_page.h"

#include <algorithm>

#include <QDialog>
#include <QDialogButtonBox>
#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace linnet::ui {

namespace setting = services::setting;

namespace {

// All words of a project, the commonest first.
std::vector<suggest::PastCounts::Word> wordsOf(const services::ProjectMemory& memory,
                                               const services::LearnedProject& project) {
    std::vector<suggest::PastCounts::Word> words = memory.everything(project).words;
    std::erase_if(words, [](const auto& word) { return word.count == 0; });
    std::sort(words.begin(), words.end(), [](const auto& a, const auto& b) {
        return a.count != b.count ? a.count > b.count : a.text < b.text;
    });
    return words;
}

} // namespace

SuggestionsPage::SuggestionsPage(services::Settings& settings,
                                 const services::ProjectMemory* memory, Dialogs& dialogs,
                                 QWidget* parent)
    : SettingsForm(settings, parent)
    , m_memory(memory)
    , m_dialogs(dialogs) {
    check(setting::suggestionsEnabled, tr("Suggest words while I write"));
    heading(tr("In the text"));
    check(setting::ghostText, tr("Show how the sentence may go on, after the caret"));
    choice(setting::ghostThreshold, tr("Show it"),
           {{-1.0, tr("when the model is sure enough")},
            {0.6, tr("only when it is very sure")},
            {0.25, tr("more often, also when wrong more often")}});
    number(setting::ghostWords, tr("At most"), tr(" words"), 8);
    heading(tr("Under the page"));
    check(setting::wordBar, tr("Show words to choose from"));
    number(setting::wordCount, tr("How many"), QString(), 5);
    heading(tr("When"));
    number(setting::suggestionDelay, tr("Wait after a key"), tr(" ms"), 0, tr("not at all"));
    check(setting::announceSuggestions, tr("Tell my screen reader what is suggested"));
    if (memory != nullptr) {
        addLearning();
    }
    QLabel* where = note({});
    where->setObjectName(QStringLiteral("suggestionsWhere"));
    settings.observe(setting::remoteRouting, where, [where](const QString& routing) {
        where->setText(
            routing == QLatin1String("local")
                ? tr("Suggestions are made on this computer; nothing you write leaves it.")
                : tr("Words are suggested by this computer; a server may be asked how the sentence "
                     "goes on, as you chose on the page Remote."));
    });
}

void SuggestionsPage::addLearning() {
    heading(tr("What they learn"));
    check(setting::learnFromDocuments, tr("Learn words from my documents, folder by folder"),
          tr("Names and phrases of one document are then known in the others of its folder."));
    note(tr("How often words occur and what follows them is kept on this computer only, for "
            "documents that you open or save while this is on."));
    m_projects = new QListWidget(this);
    m_projects->setObjectName(QStringLiteral("learnedProjects"));
    m_projects->setAccessibleName(tr("Folders that something was learned from"));
    m_projects->setMaximumHeight(100);
    m_projects->setTextElideMode(Qt::ElideMiddle);
    wide(m_projects);
    auto* buttons = new QWidget(this);
    auto* line = new QHBoxLayout(buttons);
    line->setContentsMargins(0, 0, 0, 0);
    m_show = new QPushButton(tr("Show Words…"), buttons);
    m_show->setObjectName(QStringLiteral("showLearned"));
    m_forget = new QPushButton(tr("Forget…"), buttons);
    m_forget->setObjectName(QStringLiteral("forgetLearned"));
    line->addWidget(m_show);
    line->addWidget(m_forget);
    line->addStretch(1);
    wide(buttons);
    connect(m_show, &QPushButton::clicked, this, &SuggestionsPage::readWords);
    connect(m_forget, &QPushButton::clicked, this, &SuggestionsPage::forget);
    connect(m_projects, &QListWidget::currentRowChanged, this, [this](int row) {
        m_show->setEnabled(row >= 0);
        m_forget->setEnabled(row >= 0);
    });
    refresh();
}

void SuggestionsPage::refresh() {
    if (m_projects == nullptr) {
        return;
    }
    m_work.run([memory = m_memory] { return memory->projects(); },
               [this](std::vector<services::LearnedProject> found) { list(std::move(found)); });
}

void SuggestionsPage::list(std::vector<services::LearnedProject> found) {
    m_found = std::move(found);
    m_projects->clear();
    for (const services::LearnedProject& project : m_found) {
        m_projects->addItem(tr("%1: %2, %3")
                                .arg(QDir::toNativeSeparators(project.folder),
                                     tr("%n document(s)", nullptr, project.documents),
                                     tr("%n different word(s)", nullptr, project.words)));
    }
    m_show->setEnabled(false);
    m_forget->setEnabled(false);
}

void SuggestionsPage::readWords() {
    const int row = m_projects->currentRow();
    if (row < 0) {
        return;
    }
    m_show->setEnabled(false); // until they are there
    m_work.run(
        [memory = m_memory, project = m_found[static_cast<std::size_t>(row)]] {
            return std::pair(project.folder, wordsOf(*memory, project));
        },
        [this](const std::pair<QString, Words>& read) {
            m_show->setEnabled(m_projects->currentRow() >= 0);
            showWords(read.first, read.second);
        });
}

void SuggestionsPage::showWords(const QString& folder, const Words& words) {
    auto* dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("learnedWords"));
    dialog->setWindowTitle(tr("Words of %1").arg(QDir::toNativeSeparators(folder)));
    auto* column = new QVBoxLayout(dialog);
    auto* list = new QTreeWidget(dialog);
    list->setAccessibleName(tr("Learned words"));
    list->setRootIsDecorated(false);
    list->setUniformRowHeights(true);
    list->setHeaderLabels({tr("Word"), tr("How often")});
    QList<QTreeWidgetItem*> items;
    for (const auto& word : words) {
        items.append(new QTreeWidgetItem(
            QStringList{QString::fromStdString(word.text), QLocale().toString(word.count)}));
    }
    list->addTopLevelItems(items);
    list->setColumnWidth(0, 240);
    column->addWidget(list);
    auto* close = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    connect(close, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    column->addWidget(close);
    dialog->resize(400, 460);
    dialog->open();
}

void SuggestionsPage::forget() {
    const int row = m_projects->currentRow();
    if (row < 0) {
        return;
    }
    const services::LearnedProject project = m_found[static_cast<std::size_t>(row)];
    const QString folder = QDir::toNativeSeparators(project.folder);
    if (!m_dialogs.confirm(this, tr("Forget what was learned from %1?").arg(folder),
                           tr("Your documents stay as they are."), tr("Forget"))) {
        return;
    }
    if (!m_memory->forget(project)) {
        m_dialogs.tell(this, tr("Not everything could be deleted."),
                       tr("Something in the folder of learned words cannot be written."));
    }
    refresh();
    Q_EMIT projectForgotten();
}

} // namespace linnet::ui
