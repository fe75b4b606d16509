#include "ui/dialogs/verse_page.h"

#include "services/verse_source.h"
#include "ui/verse_words.h"

namespace linnet::ui {

namespace setting = services::setting;

namespace {

QList<QPair<QString, QString>> formsAfter(const QString& none, const services::VerseSource& verse) {
    QList<QPair<QString, QString>> forms{{QString(), none}};
    for (const services::VerseForm& form : verse.forms()) {
        forms.append({form.name, formTitle(form)});
    }
    return forms;
}

} // namespace

VersePage::VersePage(services::Settings& settings, const services::VerseSource& verse,
                     QWidget* parent)
    : SettingsForm(settings, parent) {
    heading(tr("New poems"));
    choice(setting::verseLanguage, tr("Forms of"),
           {{QStringLiteral("interface"), tr("the language of the program first")},
            {QStringLiteral("en"), tr("English first")},
            {QStringLiteral("zh"), tr("Chinese first")}});
    choice(setting::poemForm, tr("Form"), formsAfter(tr("the first one"), verse));
    choice(setting::poemStyle, tr("Style of Chinese ones"), poemStyles());
    number(setting::poemVersions, tr("Versions"), QString());
    number(setting::poemTemperature, tr("Boldness"), QString(), 0.1);
    check(setting::poemTraditional, tr("Traditional characters"));
    note(tr("The Poem panel begins with these, and what you change there is kept here."));
    heading(tr("In the text"));
    check(setting::verseAtStart, tr("Mark the verse of every document that is opened"),
          tr("Otherwise of the types of file for which you switched that on."));
    choice(setting::verseForm, tr("Form of the text"), formsAfter(tr("whatever fits"), verse));
    check(setting::verseSuggestions, tr("Suggest how verse goes on, in its form"),
          tr("By the models of verse, where verse is marked and in Chinese lines of five or seven "
             "characters."));
    heading(tr("Rhymes"));
    choice(setting::rhymeKinds, tr("Show"),
           {{QStringLiteral("all"), tr("slant rhymes and neighbouring groups, too")},
            {QStringLiteral("perfect"), tr("perfect rhymes only")}});
}

} // namespace linnet::ui
