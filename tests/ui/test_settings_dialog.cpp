#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QListWidget>
#include <QSpinBox>
#include <QTabBar>
#include <QTreeWidget>

#include "services/model_library.h"
#include "services/project_memory.h"
#include "ui/desk.h"
#include "ui/dialogs/keys_page.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/editor/suggestion_controller.h"
#include "ui/english_plurals.h"
#include "ui/panels/poem_form.h"
#include "ui/panels/poem_panel.h"
#include "ui/plain_style.h"
#include "ui/theme.h"
#include "ui/translations.h"
#include "ui/verse_desk.h"

using namespace linnet;
using namespace linnet::ui;
using linnet::tests::Desk;
namespace setting = linnet::services::setting;

// Every change applies at once, in both directions.
class TestSettingsDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QCoreApplication::installTranslator(new EnglishPlurals(this)); }
    void keysCanBeChanged();
    void settingsApplyAtOnce();
    void verseIsKept();
    void foldersOfModels();
    void learnedWordsAreShownAndForgotten();
    void languages();
    void boxesShowOnADarkGround();
};

void TestSettingsDialog::keysCanBeChanged() {
    Desk desk;
    KeysPage page(desk.settings);
    page.assign(*findCommand(QStringLiteral("suggestion.accept")), QKeySequence(Qt::Key_F6), false);
    desk.type(QStringLiteral("The"));
    desk.source.answer(QStringLiteral(" sea"));
    QTest::keyClick(&desk.editor(), Qt::Key_F6);
    QCOMPARE(desk.editor().text(), QStringLiteral("The sea"));
    // A key that belonged to another command changes hands, and the page says so.
    page.assign(*findCommand(QStringLiteral("edit.goTo")), QKeySequence(QStringLiteral("Ctrl+F")),
                false);
    QVERIFY(desk.child<QAction>("edit.find")->shortcuts().isEmpty());
    QVERIFY(page.findChild<QLabel*>(QStringLiteral("keysNote"))
                ->text()
                .contains(QStringLiteral("Find")));
    desk.dialogs.line = 1;
    QTest::keyClick(&desk.editor(), Qt::Key_F, Qt::ControlModifier);
    QVERIFY(!desk.child<QWidget>("findBar")->isVisible());
    desk.settings.resetShortcuts();
    QTest::keyClick(&desk.editor(), Qt::Key_F, Qt::ControlModifier);
    QTRY_VERIFY(desk.child<QWidget>("findBar")->isVisible());
    QVERIFY(page.findChild<QTreeWidget*>(QStringLiteral("keys"))->topLevelItemCount() >= 6);
}

void TestSettingsDialog::settingsApplyAtOnce() {
    Desk desk;
    services::ModelLibrary library(desk.paths);
    SettingsDialog dialog({desk.settings, library, desk.dialogs});
    dialog.show();
    const auto number = [&dialog](const char* key) {
        return dialog.findChild<QSpinBox*>(QString::fromLatin1(key));
    };
    const int width = desk.editor().viewport()->width();
    number(setting::columnWidth.key)->setValue(50);
    QTRY_VERIFY(desk.editor().viewport()->width() < width);
    auto* size = dialog.findChild<QDoubleSpinBox*>(QString::fromLatin1(setting::textSize.key));
    size->setValue(20);
    QCOMPARE(desk.editor().document()->defaultFont().pointSizeF(), 20.0);
    dialog.findChild<QCheckBox*>(QString::fromLatin1(setting::suggestionsEnabled.key))->click();
    QVERIFY(!desk.window->suggestions().isEnabled());
    dialog.findChild<QCheckBox*>(QString::fromLatin1(setting::showStatusBar.key))->click();
    QVERIFY(!desk.child<QWidget>("statusStrip")->isVisible());
    auto* theme = dialog.findChild<QComboBox*>(QString::fromLatin1(setting::theme.key));
    theme->setCurrentIndex(2);
    Q_EMIT theme->activated(2);
    QCOMPARE(desk.settings.value(setting::theme), QStringLiteral("dark"));
    // And the other way round.
    desk.settings.set(setting::columnWidth, 80);
    QCOMPARE(number(setting::columnWidth.key)->value(), 80);
    dialog.showPage(SettingsPage::Keys);
    QCOMPARE(dialog.findChild<QListWidget*>(QStringLiteral("settingsPages"))->currentRow(), 5);
}

// The panel, the page and the file agree, whichever is changed.
void TestSettingsDialog::verseIsKept() {
    Desk desk;
    services::ModelLibrary library(desk.paths);
    SettingsDialog dialog(
        {desk.settings, library, desk.dialogs, nullptr, nullptr, nullptr, nullptr, &desk.verse});
    dialog.showPage(SettingsPage::Verse);
    dialog.show();
    QCOMPARE(dialog.findChild<QListWidget*>(QStringLiteral("settingsPages"))->currentItem()->text(),
             QStringLiteral("Verse"));
    const auto box = [&dialog](const char* key) {
        return dialog.findChild<QComboBox*>(QString::fromLatin1(key));
    };
    const auto choose = [&](const char* key, const char* value) {
        const int index = box(key)->findData(QString::fromUtf8(value));
        QVERIFY2(index >= 0, key);
        box(key)->setCurrentIndex(index);
        Q_EMIT box(key)->activated(index);
    };
    desk.trigger("verse.panel");
    PoemForm& form = desk.window->verse()->panel().form();
    QCOMPARE(form.query().form, QStringLiteral("couplets")); // the program speaks English
    choose(setting::verseLanguage.key, "zh");
    QCOMPARE(form.query().form, QStringLiteral("qijue"));
    choose(setting::poemForm.key, "couplets");
    QCOMPARE(form.query().form, QStringLiteral("couplets"));
    choose(setting::poemForm.key, "qijue");
    choose(setting::poemStyle.key, "宋");
    dialog.findChild<QSpinBox*>(QString::fromLatin1(setting::poemVersions.key))->setValue(5);
    dialog.findChild<QDoubleSpinBox*>(QString::fromLatin1(setting::poemTemperature.key))
        ->setValue(0.7);
    dialog.findChild<QCheckBox*>(QString::fromLatin1(setting::poemTraditional.key))->click();
    const services::PoemQuery query = form.query();
    QCOMPARE(query.style, QStringLiteral("宋"));
    QCOMPARE(query.count, 5);
    QCOMPARE(query.temperature, 0.7);
    QVERIFY(query.traditional);
    // And the other way round.
    desk.child<QSpinBox>("poemVersions")->setValue(3);
    QCOMPARE(desk.settings.value(setting::poemVersions), 3);
    QCOMPARE(dialog.findChild<QSpinBox*>(QString::fromLatin1(setting::poemVersions.key))->value(),
             3);
    form.setForm(QStringLiteral("couplets"));
    QCOMPARE(box(setting::poemForm.key)->currentData().toString(), QStringLiteral("couplets"));
    // Marks in every document, which the key still switches.
    QVERIFY(!desk.window->verse()->marksVerse());
    auto* always = dialog.findChild<QCheckBox*>(QString::fromLatin1(setting::verseAtStart.key));
    always->click();
    QVERIFY(desk.window->verse()->marksVerse());
    desk.window->verse()->markVerse(false);
    QVERIFY(!desk.window->verse()->marksVerse());
    QVERIFY(desk.settings.value(setting::verseAtStart));
    choose(setting::rhymeKinds.key, "perfect");
    services::RhymeReport report;
    report.sets = {{services::RhymeKind::Perfect, QString(), {QStringLiteral("light")}},
                   {services::RhymeKind::Slant, QString(), {QStringLiteral("side")}}};
    desk.editor().setText(QStringLiteral("night"));
    desk.trigger("verse.rhymes");
    Q_EMIT desk.verse.rhymesFound(desk.verse.lastId, report);
    QCOMPARE(desk.child<QTabBar>("rhymeKinds")->count(), 1);
}

void TestSettingsDialog::foldersOfModels() {
    Desk desk;
    const QString model = desk.file(QStringLiteral("more/en-other"));
    QVERIFY(QDir().mkpath(model));
    QVERIFY(!desk.write(QStringLiteral("more/en-other/config.json"), "{\"model_type\":\"llama\"}")
                 .isEmpty());
    services::ModelLibrary library(desk.paths);
    SettingsDialog dialog({desk.settings, library, desk.dialogs});
    desk.dialogs.folder = desk.file(QStringLiteral("more"));
    dialog.findChild<QPushButton*>(QStringLiteral("addModelFolder"))->click();
    QCOMPARE(desk.settings.value(setting::modelFolders), QStringList{desk.dialogs.folder});
    QVERIFY(library.find(QStringLiteral("en-other")).has_value());
    auto* models = dialog.findChild<QComboBox*>(QString::fromLatin1(setting::proseModel.key));
    QVERIFY(models->findData(QStringLiteral("en-other")) > 0);
    auto* list = dialog.findChild<QListWidget*>(QString::fromLatin1(setting::modelFolders.key));
    QCOMPARE(list->count(), 1);
    list->setCurrentRow(0);
    dialog.findChild<QPushButton*>(QStringLiteral("removeModelFolder"))->click();
    QVERIFY(desk.settings.value(setting::modelFolders).isEmpty());
    QVERIFY(models->findData(QStringLiteral("en-other")) < 0);
}

void TestSettingsDialog::learnedWordsAreShownAndForgotten() {
    Desk desk;
    const services::ProjectMemory memory(desk.paths);
    suggest::PastCounts counts;
    counts.words = {{"said", 2}, {"Marlow", 5}};
    QVERIFY(memory.remember(desk.file(QStringLiteral("a.md")), counts).ok());
    services::ModelLibrary library(desk.paths);
    SettingsDialog dialog({desk.settings, library, desk.dialogs, nullptr, &memory});
    QSignalSpy forgotten(&dialog, &SettingsDialog::projectForgotten);
    QVERIFY(!desk.settings.value(setting::learnFromDocuments)); // the writer's choice
    auto* projects = dialog.findChild<QListWidget*>(QStringLiteral("learnedProjects"));
    QTRY_COMPARE(projects->count(), 1);
    QVERIFY2(projects->item(0)->text().contains(QStringLiteral("1 document, 2 different words")),
             qPrintable(projects->item(0)->text()));
    projects->setCurrentRow(0);
    dialog.findChild<QPushButton*>(QStringLiteral("showLearned"))->click();
    const auto list = [&] { return dialog.findChild<QDialog*>(QStringLiteral("learnedWords")); };
    QTRY_VERIFY(list());
    auto* words = list()->findChild<QTreeWidget*>();
    QCOMPARE(words->topLevelItem(0)->text(0), QStringLiteral("Marlow"));
    QCOMPARE(words->topLevelItem(0)->text(1), QStringLiteral("5"));
    auto* forget = dialog.findChild<QPushButton*>(QStringLiteral("forgetLearned"));
    desk.dialogs.yes = false;
    forget->click();
    QCOMPARE(projects->count(), 1);
    desk.dialogs.yes = true;
    forget->click();
    QTRY_COMPARE(projects->count(), 0);
    QCOMPARE(forgotten.count(), 1);
    QVERIFY(memory.projects().empty());
}

void TestSettingsDialog::languages() {
    const QStringList chinese{QStringLiteral("zh_CN")};
    QCOMPARE(languageFor("zh_CN", {"en-US"}, chinese), chinese.front());
    QCOMPARE(languageFor("zh_CN", {"zh-CN"}, {}), QString()); // no such translation yet
    QCOMPARE(languageFor("en", {"zh-CN"}, chinese), QString());
    QCOMPARE(languageFor("system", {"de-DE", "zh-Hans-CN", "en"}, chinese), chinese.front());
    QCOMPARE(languageFor("system", {"de-DE", "en", "zh-Hans-CN"}, chinese), QString());
    QTemporaryDir folder;
    QVERIFY(QFile(folder.filePath("linnet_zh_CN.qm")).open(QIODevice::WriteOnly));
    QCOMPARE(translatedLanguages(folder.path()), chinese);
    QVERIFY(!installLanguage("zh_CN", this, folder.path())); // an empty file is none
}

// An empty box is seen by its edge: WCAG asks for 3.
void TestSettingsDialog::boxesShowOnADarkGround() {
    PlainStyle style;
    QCheckBox box;
    box.setStyle(&style);
    box.setPalette(darkTheme().palette());
    box.setAutoFillBackground(true);
    box.resize(box.sizeHint());
    const QImage image = box.grab().toImage();
    double best = 1;
    for (int x = 0; x < image.width() / 2; ++x) {
        best = std::max(best,
                        contrastRatio(image.pixelColor(x, image.height() / 2), darkTheme().chrome));
    }
    QVERIFY2(best >= 3, qPrintable(QString::number(best)));
}

QTEST_MAIN(TestSettingsDialog)
#include "test_settings_dialog.moc"
