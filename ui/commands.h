#pragma once

#include <QKeySequence>
#include <QList>
#include <QString>
#include <QStringList>

#include "services/settings.h"
#include "ui/editor/suggestion_keys.h"

namespace linnet::ui {

// Everything that has a key. One table for menus, the Keys page and the sheet of shortcuts.
enum class Section { File, Edit, View, Verse, Pictures, Tools, Help, Suggestions };

struct Command {
    const char* id; // the name in the settings
    Section section;
    const char* text; // untranslated, with a mnemonic
    QStringList keys; // defaults, portable
};

const QList<Command>& allCommands();
const Command* findCommand(const QString& id);

QString sectionTitle(Section section);
QString commandTitle(const Command& command);      // translated, with a mnemonic
QString commandPlainTitle(const Command& command); // without

// The keys of a command: the writer's, else the defaults.
QList<QKeySequence> keysOf(const services::Settings& settings, const Command& command);
void setKeysOf(services::Settings& settings, const Command& command,
               const QList<QKeySequence>& keys);

// The keys of the section Suggestions in the form that the controller wants.
SuggestionKeys suggestionKeys(const services::Settings& settings);

} // namespace linnet::ui
