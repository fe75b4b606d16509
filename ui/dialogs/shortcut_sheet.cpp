#include "ui/dialogs/shortcut_sheet.h"

#include <QDialogButtonBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/commands.h"

namespace linnet::ui {

namespace {

// A section of the sheet: its title, then a command and its keys a row.
void fillSection(QGridLayout* grid, Section section, const services::Settings& settings,
                 QWidget* parent) {
    const int first = grid->rowCount();
    auto* title = new QLabel(sectionTitle(section), parent);
    QFont bold = title->font();
    bold.setBold(true);
    title->setFont(bold);
    title->setContentsMargins(0, first > 1 ? 14 : 0, 0, 2);
    grid->addWidget(title, first, 0, 1, 2);
    for (const Command& command : allCommands()) {
        if (command.section != section) {
            continue;
        }
        const QString keys =
            QKeySequence::listToString(keysOf(settings, command), QKeySequence::NativeText);
        if (keys.isEmpty()) {
            continue;
        }
        const int row = grid->rowCount();
        auto* key = new QLabel(keys, parent);
        key->setForegroundRole(QPalette::PlaceholderText);
        grid->addWidget(new QLabel(commandPlainTitle(command), parent), row, 0);
        grid->addWidget(key, row, 1);
    }
}

} // namespace

ShortcutSheet::ShortcutSheet(const services::Settings& settings, QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(tr("Keyboard shortcuts"));
    auto* sheet = new QWidget(this);
    auto* halves = new QHBoxLayout(sheet);
    halves->setContentsMargins(24, 20, 24, 12);
    halves->setSpacing(40);
    const QList<QList<Section>> columns = {
        {Section::Suggestions, Section::View, Section::Tools, Section::Help},
        {Section::File, Section::Edit, Section::Verse, Section::Pictures}};
    for (const QList<Section>& sections : columns) {
        auto* half = new QVBoxLayout;
        auto* grid = new QGridLayout;
        grid->setHorizontalSpacing(24);
        grid->setVerticalSpacing(5);
        for (const Section section : sections) {
            fillSection(grid, section, settings, sheet);
        }
        half->addLayout(grid);
        half->addStretch(1);
        halves->addLayout(half);
    }
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(sheet);
    auto* note = new QLabel(tr("Tab indents when nothing is suggested. Suggestions take their keys "
                               "only while they show something."),
                            this);
    note->setWordWrap(true);
    note->setContentsMargins(24, 0, 24, 0);
    note->setForegroundRole(QPalette::PlaceholderText);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto* change = buttons->addButton(tr("Change Keys…"), QDialogButtonBox::ActionRole);
    connect(change, &QPushButton::clicked, this, [this] {
        Q_EMIT changeRequested();
        close();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 12);
    column->addWidget(scroll, 1);
    column->addWidget(note);
    auto* bottom = new QHBoxLayout;
    bottom->setContentsMargins(24, 8, 24, 0);
    bottom->addWidget(buttons);
    column->addLayout(bottom);
    const int room = screen()->availableGeometry().height() * 85 / 100;
    resize(sheet->sizeHint().width() + 30, std::min(sheet->sizeHint().height() + 120, room));
}

} // namespace linnet::ui
