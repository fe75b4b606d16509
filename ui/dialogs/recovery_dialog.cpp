#include "ui/dialogs/recovery_dialog.h"

#include <QCheckBox>
#include <QCoreApplication>
#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QPushButton>
#include <QSplitter>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "services/text_diff.h"
#include "ui/diagnostics.h"

namespace linnet::ui {

namespace {
constexpr int contextLines = 2; // unchanged ones around a change
constexpr int pause = 700;      // ms without a key after which keys are meant for the dialog
} // namespace

RecoveryDialog::RecoveryDialog(std::vector<services::RecoverableDocument> found,
                               services::RecoveryStore& store, const Theme& theme, QWidget* parent)
    : QDialog(parent)
    , m_found(std::move(found))
    , m_store(store)
    , m_theme(theme) {
    setWindowTitle(tr("Recover unsaved text"));
    setObjectName(QStringLiteral("recoveryDialog"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 18, 20, 14);
    column->setSpacing(12);
    auto* intro = new QLabel(tr("Linnet ended before these texts were saved. Nothing is lost: look "
                                "at each and restore what you want to keep."),
                             this);
    intro->setWordWrap(true);
    column->addWidget(intro);

    auto* split = new QSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    m_list = new QListWidget(split);
    m_list->setObjectName(QStringLiteral("recoverable"));
    m_list->setAccessibleName(tr("Texts that can be recovered"));
    m_list->setWordWrap(true);
    auto* right = new QWidget(split);
    auto* rightColumn = new QVBoxLayout(right);
    rightColumn->setContentsMargins(8, 0, 0, 0);
    m_about = new QLabel(right);
    m_about->setWordWrap(true);
    m_about->setForegroundRole(QPalette::PlaceholderText);
    rightColumn->addWidget(m_about);
    m_view = new QTextBrowser(right);
    m_view->setObjectName(QStringLiteral("recoveredText"));
    m_view->setAccessibleName(tr("Recovered text and its differences"));
    rightColumn->addWidget(m_view, 1);
    m_whole = new QPushButton(tr("Show the Whole Text"), right);
    m_whole->setCheckable(true);
    rightColumn->addWidget(m_whole, 0, Qt::AlignLeft);
    split->setSizes({220, 540});
    column->addWidget(split, 1);
    buildButtons(column);

    for (const services::RecoverableDocument& document : m_found) {
        m_list->addItem(tr("%1\n%2").arg(
            document.title.isEmpty() ? tr("Untitled") : document.title,
            QLocale().toString(document.lastWritten.toLocalTime(), QLocale::ShortFormat)));
    }
    connect(m_list, &QListWidget::currentRowChanged, this, &RecoveryDialog::showSelected);
    connect(m_whole, &QPushButton::toggled, this, &RecoveryDialog::showSelected);
    m_list->setCurrentRow(0);
    m_typing.setObjectName(QStringLiteral("typing"));
    m_typing.setSingleShot(true);
    m_typing.setInterval(pause);
    const auto children = findChildren<QWidget*>();
    for (QWidget* child : children) {
        child->installEventFilter(this);
    }
    installEventFilter(this);
    resize(800, 520);
}

void RecoveryDialog::showEvent(QShowEvent* event) {
    QDialog::showEvent(event);
    m_typing.start();
}

bool RecoveryDialog::eventFilter(QObject* watched, QEvent* event) {
    const bool ofKeys = event->type() == QEvent::KeyPress || event->type() == QEvent::KeyRelease ||
                        event->type() == QEvent::ShortcutOverride ||
                        event->type() == QEvent::InputMethod;
    if (!ofKeys || !m_typing.isActive()) {
        return QDialog::eventFilter(watched, event);
    }
    m_typing.start();
    QWidget* behind = parentWidget() != nullptr ? parentWidget()->focusWidget() : nullptr;
    if (behind != nullptr && event->type() != QEvent::ShortcutOverride) {
        QCoreApplication::sendEvent(behind, event);
    }
    event->accept();
    return true;
}

void RecoveryDialog::buildButtons(QVBoxLayout* column) {
    auto* row = new QHBoxLayout;
    m_discard = new QPushButton(tr("Discard"), this);
    m_discard->setObjectName(QStringLiteral("discard"));
    m_discard->setAutoDefault(false);
    auto* later = new QPushButton(tr("Later"), this);
    later->setObjectName(QStringLiteral("later"));
    later->setAutoDefault(false);
    later->setToolTip(tr("Asks again at the next start."));
    auto* restore = new QPushButton(tr("Restore"), this);
    restore->setObjectName(QStringLiteral("restore"));
    restore->setDefault(true);
    row->addWidget(m_discard);
    row->addStretch(1);
    row->addWidget(later);
    row->addWidget(restore);
    column->addLayout(row);
    connect(restore, &QPushButton::clicked, this, &RecoveryDialog::restore);
    connect(m_discard, &QPushButton::clicked, this, &RecoveryDialog::discard);
    connect(later, &QPushButton::clicked, this, &QDialog::reject);
}

QString RecoveryDialog::describe(const services::RecoverableDocument& document) const {
    using Base = services::RecoverableDocument::Base;
    QString text;
    switch (document.base) {
    case Base::Untitled:
        text = tr("This text never had a file.");
        break;
    case Base::Unchanged:
        text = tr("%1 is as it was last saved; marked below is what was written since.")
                   .arg(QDir::toNativeSeparators(document.path));
        break;
    case Base::Changed:
        text =
            tr("%1 was changed by another program meanwhile; below, it is compared with the file "
               "as it is now.")
                .arg(QDir::toNativeSeparators(document.path));
        break;
    case Base::Missing:
        text = tr("%1 is not there any more; the recovered text is all there is.")
                   .arg(QDir::toNativeSeparators(document.path));
        break;
    }
    if (document.torn) {
        text += u' ' + tr("The last moment before the crash may be missing.");
    }
    return text;
}

// Changed lines between some that are not, as a page of HTML.
QString RecoveryDialog::difference(const services::RecoverableDocument& document) const {
    const QStringList before = document.savedText.split(u'\n');
    const QStringList after = document.text.split(u'\n');
    const QColor added = m_theme.dark ? QColor(0x2C, 0x45, 0x30) : QColor(0xDD, 0xF0, 0xD8);
    const QColor removed = m_theme.dark ? QColor(0x4F, 0x2E, 0x2C) : QColor(0xFA, 0xDF, 0xDA);
    QString page;
    const auto line = [&page](const QString& text, const QColor& background, const char* mark) {
        const QString style = background.isValid()
                                  ? QStringLiteral("background-color:%1;").arg(background.name())
                                  : QString();
        page += QStringLiteral("<p style='margin:0 0 2px 0;%1'>%2&nbsp;%3</p>")
                    .arg(style, QString::fromLatin1(mark),
                         text.isEmpty() ? QStringLiteral("&nbsp;") : text.toHtmlEscaped());
    };
    for (const services::DiffHunk& hunk : services::diffLines(before, after)) {
        switch (hunk.kind) {
        case services::DiffKind::Removed:
            for (int i = 0; i < hunk.count; ++i) {
                line(before.at(hunk.oldLine + i), removed, "&minus;");
            }
            break;
        case services::DiffKind::Added:
            for (int i = 0; i < hunk.count; ++i) {
                line(after.at(hunk.newLine + i), added, "+");
            }
            break;
        case services::DiffKind::Equal: {
            const int head = hunk.newLine > 0 ? contextLines : 0;
            const bool last = hunk.newLine + hunk.count >= after.size();
            const int tail = last ? 0 : contextLines;
            for (int i = 0; i < hunk.count; ++i) {
                if (i < head || i >= hunk.count - tail) {
                    line(after.at(hunk.newLine + i), {}, "&nbsp;");
                } else if (i == head) {
                    page += QStringLiteral("<p align='center' style='color:%1;margin:4px'>…</p>")
                                .arg(m_theme.muted.name());
                }
            }
            break;
        }
        }
    }
    return page;
}

void RecoveryDialog::showSelected() {
    const int row = m_list->currentRow();
    if (row < 0 || row >= static_cast<int>(m_found.size())) {
        return;
    }
    const services::RecoverableDocument& document = m_found[static_cast<size_t>(row)];
    m_about->setText(describe(document));
    const bool comparable = !document.savedText.isEmpty();
    m_whole->setVisible(comparable);
    if (!comparable || m_whole->isChecked()) {
        m_view->setPlainText(document.text);
    } else {
        m_view->setHtml(difference(document));
    }
}

void RecoveryDialog::finishSelected() {
    const int row = m_list->currentRow();
    m_found.erase(m_found.begin() + row);
    delete m_list->takeItem(row);
    if (m_found.empty()) {
        accept();
    } else {
        showSelected();
    }
}

void RecoveryDialog::restore() {
    const int row = m_list->currentRow();
    if (row < 0) {
        return;
    }
    const services::RecoverableDocument document = m_found[static_cast<size_t>(row)];
    finishSelected();
    Q_EMIT restoreRequested(document);
}

void RecoveryDialog::discard() {
    const int row = m_list->currentRow();
    if (row < 0) {
        return;
    }
    const auto discarded = m_store.discard(m_found[static_cast<size_t>(row)]);
    if (!discarded.ok()) {
        m_about->setText(withReason(tr("It could not be removed and will be offered again."),
                                    discarded.error()));
        return;
    }
    finishSelected();
}

} // namespace linnet::ui
