#include "ui/commands.h"

#include <algorithm>

#include <QCoreApplication>
#include <QRegularExpression>

namespace linnet::ui {

namespace {

QList<Command> makeCommands() {
    using S = Section;
    return {
        {"file.new", S::File, QT_TRANSLATE_NOOP("Commands", "&New"), {"Ctrl+N"}},
        {"file.open", S::File, QT_TRANSLATE_NOOP("Commands", "&Open…"), {"Ctrl+O"}},
        {"file.save", S::File, QT_TRANSLATE_NOOP("Commands", "&Save"), {"Ctrl+S"}},
        {"file.saveAs", S::File, QT_TRANSLATE_NOOP("Commands", "Save &As…"), {"Ctrl+Shift+S"}},
        {"file.reload", S::File, QT_TRANSLATE_NOOP("Commands", "&Reload from Disk"), {}},
        {"file.encoding", S::File, QT_TRANSLATE_NOOP("Commands", "Encod&ing…"), {}},
        {"file.recover", S::File, QT_TRANSLATE_NOOP("Commands", "Reco&ver Unsaved Text…"), {}},
        {"file.close", S::File, QT_TRANSLATE_NOOP("Commands", "&Close Window"), {"Ctrl+W"}},
        {"file.quit", S::File, QT_TRANSLATE_NOOP("Commands", "&Quit"), {"Ctrl+Q"}},

        {"edit.undo", S::Edit, QT_TRANSLATE_NOOP("Commands", "&Undo"), {"Ctrl+Z"}},
        {"edit.redo", S::Edit, QT_TRANSLATE_NOOP("Commands", "&Redo"), {"Ctrl+Shift+Z", "Ctrl+Y"}},
        {"edit.cut", S::Edit, QT_TRANSLATE_NOOP("Commands", "Cu&t"), {"Ctrl+X"}},
        {"edit.copy", S::Edit, QT_TRANSLATE_NOOP("Commands", "&Copy"), {"Ctrl+C"}},
        {"edit.paste", S::Edit, QT_TRANSLATE_NOOP("Commands", "&Paste"), {"Ctrl+V"}},
        {"edit.selectAll", S::Edit, QT_TRANSLATE_NOOP("Commands", "Select &All"), {"Ctrl+A"}},
        {"edit.find", S::Edit, QT_TRANSLATE_NOOP("Commands", "&Find…"), {"Ctrl+F"}},
        {"edit.findNext", S::Edit, QT_TRANSLATE_NOOP("Commands", "Find &Next"), {"F3"}},
        {"edit.findPrevious",
         S::Edit,
         QT_TRANSLATE_NOOP("Commands", "Find Pre&vious"),
         {"Shift+F3"}},
        {"edit.replace", S::Edit, QT_TRANSLATE_NOOP("Commands", "R&eplace…"), {"Ctrl+H"}},
        {"edit.spelling", S::Edit, QT_TRANSLATE_NOOP("Commands", "Check &Spelling"), {"F7"}},
        {"edit.goTo", S::Edit, QT_TRANSLATE_NOOP("Commands", "&Go to Line…"), {"Ctrl+G"}},

        {"view.suggestions",
         S::View,
         QT_TRANSLATE_NOOP("Commands", "&Suggestions"),
         {"Ctrl+Shift+Space"}},
        {"view.fullScreen", S::View, QT_TRANSLATE_NOOP("Commands", "&Full Screen"), {"F11"}},
        {"view.typewriter", S::View, QT_TRANSLATE_NOOP("Commands", "&Typewriter Scrolling"), {}},
        {"view.focus",
         S::View,
         QT_TRANSLATE_NOOP("Commands", "F&ocus on the Paragraph"),
         {"Ctrl+Shift+F"}},
        {"view.zoomIn", S::View, QT_TRANSLATE_NOOP("Commands", "Zoom &In"), {"Ctrl++", "Ctrl+="}},
        {"view.zoomOut", S::View, QT_TRANSLATE_NOOP("Commands", "Zoom &Out"), {"Ctrl+-"}},
        {"view.zoomReset", S::View, QT_TRANSLATE_NOOP("Commands", "&Actual Size"), {"Ctrl+0"}},

        {"verse.panel", S::Verse, QT_TRANSLATE_NOOP("Commands", "&Poem"), {"F9"}},
        {"verse.marks", S::Verse, QT_TRANSLATE_NOOP("Commands", "&Mark Verse"), {"F8"}},
        {"verse.rhymes", S::Verse, QT_TRANSLATE_NOOP("Commands", "&Rhymes…"), {"Ctrl+R"}},

        {"pictures.panel", S::Pictures, QT_TRANSLATE_NOOP("Commands", "&Captions"), {"F10"}},
        {"pictures.add", S::Pictures, QT_TRANSLATE_NOOP("Commands", "&Add Pictures…"), {}},
        {"pictures.addFolder", S::Pictures, QT_TRANSLATE_NOOP("Commands", "Add a &Folder…"), {}},

        {"tools.settings", S::Tools, QT_TRANSLATE_NOOP("Commands", "&Settings…"), {"Ctrl+,"}},

        {"help.keys", S::Help, QT_TRANSLATE_NOOP("Commands", "&Keyboard Shortcuts"), {"F1"}},
        {"help.about", S::Help, QT_TRANSLATE_NOOP("Commands", "&About Linnet"), {}},

        {"suggestion.accept",
         S::Suggestions,
         QT_TRANSLATE_NOOP("Commands", "Take the whole suggestion"),
         {"Tab"}},
        {"suggestion.acceptWord",
         S::Suggestions,
         QT_TRANSLATE_NOOP("Commands", "Take one word of it"),
         {"Ctrl+Right"}},
        {"suggestion.dismiss",
         S::Suggestions,
         QT_TRANSLATE_NOOP("Commands", "Hide the suggestion here"),
         {"Esc"}},
        {"suggestion.next",
         S::Suggestions,
         QT_TRANSLATE_NOOP("Commands", "Next alternative"),
         {"Alt+]"}},
        {"suggestion.previous",
         S::Suggestions,
         QT_TRANSLATE_NOOP("Commands", "Previous alternative"),
         {"Alt+["}},
        {"suggestion.ask",
         S::Suggestions,
         QT_TRANSLATE_NOOP("Commands", "Suggest here and now"),
         {"Alt+\\"}},
        {"suggestion.pick1",
         S::Suggestions,
         QT_TRANSLATE_NOOP("Commands", "Choose the first word of the bar"),
         {"Alt+1"}},
        {"suggestion.pick2",
         S::Suggestions,
         QT_TRANSLATE_NOOP("Commands", "Choose the second word of the bar"),
         {"Alt+2"}},
        {"suggestion.pick3",
         S::Suggestions,
         QT_TRANSLATE_NOOP("Commands", "Choose the third word of the bar"),
         {"Alt+3"}},
        {"suggestion.pick4",
         S::Suggestions,
         QT_TRANSLATE_NOOP("Commands", "Choose the fourth word of the bar"),
         {"Alt+4"}},
        {"suggestion.pick5",
         S::Suggestions,
         QT_TRANSLATE_NOOP("Commands", "Choose the fifth word of the bar"),
         {"Alt+5"}},
    };
}

QStringList toStrings(const QList<QKeySequence>& keys) {
    QStringList strings;
    for (const QKeySequence& key : keys) {
        strings.append(key.toString(QKeySequence::PortableText));
    }
    return strings;
}

} // namespace

const QList<Command>& allCommands() {
    static const QList<Command> commands = makeCommands();
    return commands;
}

const Command* findCommand(const QString& id) {
    const auto& commands = allCommands();
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command& command) {
        return id == QLatin1String(command.id);
    });
    return found == commands.end() ? nullptr : &*found;
}

QString sectionTitle(Section section) {
    switch (section) {
    case Section::File:
        return QCoreApplication::translate("Commands", "File");
    case Section::Edit:
        return QCoreApplication::translate("Commands", "Edit");
    case Section::View:
        return QCoreApplication::translate("Commands", "View");
    case Section::Verse:
        return QCoreApplication::translate("Commands", "Verse");
    case Section::Pictures:
        return QCoreApplication::translate("Commands", "Pictures");
    case Section::Tools:
        return QCoreApplication::translate("Commands", "Tools");
    case Section::Help:
        return QCoreApplication::translate("Commands", "Help");
    case Section::Suggestions:
        return QCoreApplication::translate("Commands", "Suggestions");
    }
    return {};
}

QString commandTitle(const Command& command) {
    return QCoreApplication::translate("Commands", command.text);
}

QString commandPlainTitle(const Command& command) {
    QString title = commandTitle(command);
    static const QRegularExpression chineseMnemonic(QStringLiteral("\\(&.\\)"));
    title.remove(chineseMnemonic);
    title.remove(u'&');
    title.remove(QChar(0x2026));
    return title;
}

QList<QKeySequence> keysOf(const services::Settings& settings, const Command& command) {
    QList<QKeySequence> keys;
    for (const QString& key : settings.shortcuts(QString::fromLatin1(command.id), command.keys)) {
        const QKeySequence sequence(key, QKeySequence::PortableText);
        if (!sequence.isEmpty()) {
            keys.append(sequence);
        }
    }
    return keys;
}

void setKeysOf(services::Settings& settings, const Command& command,
               const QList<QKeySequence>& keys) {
    settings.setShortcuts(QString::fromLatin1(command.id), toStrings(keys), command.keys);
}

SuggestionKeys suggestionKeys(const services::Settings& settings) {
    static const QList<QPair<QString, SuggestionCommand>> kinds = {
        {QStringLiteral("suggestion.accept"), SuggestionCommand::AcceptAll},
        {QStringLiteral("suggestion.acceptWord"), SuggestionCommand::AcceptWord},
        {QStringLiteral("suggestion.dismiss"), SuggestionCommand::Dismiss},
        {QStringLiteral("suggestion.next"), SuggestionCommand::NextAlternative},
        {QStringLiteral("suggestion.previous"), SuggestionCommand::PreviousAlternative},
        {QStringLiteral("suggestion.ask"), SuggestionCommand::Ask},
    };
    SuggestionKeys all;
    for (const auto& [id, kind] : kinds) {
        for (const QKeySequence& key : keysOf(settings, *findCommand(id))) {
            all.bindings.append({key, kind, 0});
        }
    }
    for (int i = 0; i < 5; ++i) {
        const QString id = QStringLiteral("suggestion.pick%1").arg(i + 1);
        for (const QKeySequence& key : keysOf(settings, *findCommand(id))) {
            all.bindings.append({key, SuggestionCommand::Pick, i});
        }
    }
    return all;
}

} // namespace linnet::ui
