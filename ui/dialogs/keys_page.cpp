#include "ui/dialogs/keys_page.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace linnet::ui {

namespace {

constexpr int idRole = Qt::UserRole;

QString shown(const QList<QKeySequence>& keys) {
    return QKeySequence::listToString(keys, QKeySequence::NativeText);
}

bool isModifierKey(int key) {
    return key == Qt::Key_Control || key == Qt::Key_Shift || key == Qt::Key_Alt ||
           key == Qt::Key_AltGr || key == Qt::Key_Meta || key == 0 || key == Qt::Key_unknown;
}

} // namespace

KeyCapture::KeyCapture(const QString& command, QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(tr("New keys"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 16);
    column->setSpacing(16);
    auto* label = new QLabel(tr("Press the new keys for “%1”.").arg(command), this);
    column->addWidget(label);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    // The keyboard belongs to what is being captured; the button is for the mouse.
    buttons->button(QDialogButtonBox::Cancel)->setFocusPolicy(Qt::NoFocus);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);
    setFocusPolicy(Qt::StrongFocus);
}

bool KeyCapture::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept();
        return true;
    }
    if (event->type() == QEvent::KeyPress) {
        const auto* press = static_cast<QKeyEvent*>(event);
        if (!isModifierKey(press->key())) {
            const auto modifiers = press->modifiers() & ~Qt::KeypadModifier;
            m_key = QKeySequence(QKeyCombination(modifiers, static_cast<Qt::Key>(press->key())));
            accept();
        }
        return true;
    }
    return QDialog::event(event);
}

KeysPage::KeysPage(services::Settings& settings, QWidget* parent)
    : QWidget(parent)
    , m_settings(settings) {
    m_tree = new QTreeWidget(this);
    m_tree->setObjectName(QStringLiteral("keys"));
    m_tree->setAccessibleName(tr("Commands and their keys"));
    m_tree->setColumnCount(2);
    m_tree->setHeaderLabels({tr("Command"), tr("Keys")});
    m_tree->setRootIsDecorated(false);
    m_tree->setUniformRowHeights(true);
    m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_tree->header()->setStretchLastSection(false);
    m_note = new QLabel(this);
    m_note->setObjectName(QStringLiteral("keysNote"));
    m_note->setWordWrap(true);
    m_note->setForegroundRole(QPalette::PlaceholderText);
    m_change = new QPushButton(tr("Change…"), this);
    m_add = new QPushButton(tr("Add…"), this);
    m_remove = new QPushButton(tr("None"), this);
    m_default = new QPushButton(tr("Default"), this);
    auto* all = new QPushButton(tr("All Defaults"), this);
    auto* row = new QHBoxLayout;
    for (QPushButton* button : {m_change, m_add, m_remove, m_default}) {
        row->addWidget(button);
    }
    row->addStretch(1);
    row->addWidget(all);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 16, 24, 16);
    column->addWidget(m_tree, 1);
    column->addWidget(m_note);
    column->addLayout(row);

    connect(m_tree, &QTreeWidget::itemSelectionChanged, this, &KeysPage::updateButtons);
    connect(m_tree, &QTreeWidget::itemActivated, this, [this] { capture(false); });
    connect(m_change, &QPushButton::clicked, this, [this] { capture(false); });
    connect(m_add, &QPushButton::clicked, this, [this] { capture(true); });
    connect(m_remove, &QPushButton::clicked, this, [this] {
        if (const Command* command = selected()) {
            setKeysOf(m_settings, *command, {});
        }
    });
    connect(m_default, &QPushButton::clicked, this, [this] {
        if (const Command* command = selected()) {
            m_settings.setShortcuts(QString::fromLatin1(command->id), command->keys, command->keys);
        }
    });
    connect(all, &QPushButton::clicked, this, [this] { m_settings.resetShortcuts(); });
    connect(&m_settings, &services::Settings::shortcutsChanged, this, &KeysPage::fill);
    fill();
    updateButtons();
}

void KeysPage::fill() {
    const Command* before = selected();
    m_tree->clear();
    QTreeWidgetItem* group = nullptr;
    for (const Command& command : allCommands()) {
        const QString section = sectionTitle(command.section);
        if (group == nullptr || group->text(0) != section) {
            group = new QTreeWidgetItem(m_tree, {section});
            group->setFlags(Qt::ItemIsEnabled);
            QFont font = group->font(0);
            font.setBold(true);
            group->setFont(0, font);
        }
        auto* item = new QTreeWidgetItem(
            group, {commandPlainTitle(command), shown(keysOf(m_settings, command))});
        item->setData(0, idRole, QString::fromLatin1(command.id));
        if (&command == before) {
            m_tree->setCurrentItem(item);
        }
    }
    m_tree->expandAll();
}

const Command* KeysPage::selected() const {
    const auto items = m_tree->selectedItems();
    return items.isEmpty() ? nullptr : findCommand(items.constFirst()->data(0, idRole).toString());
}

void KeysPage::updateButtons() {
    for (QPushButton* button : {m_change, m_add, m_remove, m_default}) {
        button->setEnabled(selected() != nullptr);
    }
}

void KeysPage::capture(bool add) {
    const Command* command = selected();
    if (command == nullptr) {
        return;
    }
    auto* capture = new KeyCapture(commandPlainTitle(*command), this);
    capture->setAttribute(Qt::WA_DeleteOnClose);
    connect(capture, &QDialog::accepted, this,
            [this, capture, command, add] { assign(*command, capture->key(), add); });
    capture->open();
}

void KeysPage::assign(const Command& command, const QKeySequence& key, bool add) {
    m_note->clear();
    // Suggestions take keys only while they show something, so they may share with commands.
    const bool suggestion = command.section == Section::Suggestions;
    for (const Command& other : allCommands()) {
        QList<QKeySequence> keys = keysOf(m_settings, other);
        if (&other != &command && (other.section == Section::Suggestions) == suggestion &&
            keys.removeAll(key) > 0) {
            setKeysOf(m_settings, other, keys);
            m_note->setText(
                tr("%1 belonged to “%2”, which has lost it.")
                    .arg(key.toString(QKeySequence::NativeText), commandPlainTitle(other)));
        }
    }
    QList<QKeySequence> keys = add ? keysOf(m_settings, command) : QList<QKeySequence>();
    keys.removeAll(key);
    keys.append(key);
    setKeysOf(m_settings, command, keys);
}

} // namespace linnet::ui
