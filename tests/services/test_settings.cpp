#include <QFile>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "services/recent_files.h"
#include "services/settings.h"

using namespace linnet::services;

class TestSettings : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void defaultsAreValid();
    void valuesSurvive();
    void badValuesReadAsDefaults_data();
    void badValuesReadAsDefaults();
    void badValuesAreNotWritten();
    void changesAreTold();
    void shortcuts();
    void migrates();
    void newerFilesAreLeftAlone();
    void damagedFilesAreKept();
    void recentFiles();

private:
    void writeFile(const QByteArray& text) const {
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    std::unique_ptr<QTemporaryDir> m_dir;
    QString m_file;
};

void TestSettings::init() {
    m_dir = std::make_unique<QTemporaryDir>();
    m_file = m_dir->filePath(QStringLiteral("config/settings.ini"));
    QVERIFY(QDir().mkpath(m_dir->filePath(QStringLiteral("config"))));
}

void TestSettings::defaultsAreValid() {
    const Settings settings(m_file);
    QSet<QString> keys;
    std::apply(
        [&](const auto*... one) {
            const auto check = [&](const auto& setting) {
                QVERIFY2(isValid(setting, setting.defaultValue()), setting.key);
                QVERIFY2(settings.value(setting) == setting.defaultValue(), setting.key);
                QVERIFY2(!keys.contains(QLatin1String(setting.key)), setting.key);
                QVERIFY2(setting.since >= 1 && setting.since <= settingsVersion, setting.key);
                keys.insert(QLatin1String(setting.key));
            };
            (check(*one), ...);
        },
        setting::table);
    QVERIFY(keys.size() > 30);
    QVERIFY(!QFile::exists(m_file));
}

void TestSettings::valuesSurvive() {
    const QString list = QStringLiteral("/a, b/c;d \"e\".md");
    {
        Settings settings(m_file);
        QVERIFY(settings.set(setting::suggestionsEnabled, false));
        QVERIFY(settings.set(setting::wordCount, 7));
        QVERIFY(settings.set(setting::textSize, 15.25));
        QVERIFY(settings.set(setting::theme, "dark"));
        QVERIFY(settings.set(setting::textFont, QStringLiteral("Noto Serif, 思源宋体")));
        QVERIFY(settings.set(setting::openDocuments, {list, QStringLiteral("%41/诗.txt")}));
        QVERIFY(settings.set(setting::windowGeometry, QByteArray("\0\xFF,@\n", 5)));
        QVERIFY(settings.sync());
    }
    const Settings settings(m_file);
    QCOMPARE(settings.value(setting::suggestionsEnabled), false);
    QCOMPARE(settings.value(setting::wordCount), 7);
    QCOMPARE(settings.value(setting::textSize), 15.25);
    QCOMPARE(settings.value(setting::theme), QStringLiteral("dark"));
    QCOMPARE(settings.value(setting::textFont), QStringLiteral("Noto Serif, 思源宋体"));
    QCOMPARE(settings.value(setting::openDocuments),
             QStringList({list, QStringLiteral("%41/诗.txt")}));
    QCOMPARE(settings.value(setting::windowGeometry), QByteArray("\0\xFF,@\n", 5));
}

void TestSettings::badValuesReadAsDefaults_data() {
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("text for a number") << QByteArray("[suggestions]\nwordCount=many\n");
    QTest::newRow("out of range") << QByteArray("[suggestions]\nwordCount=10\n");
    QTest::newRow("fraction for an integer") << QByteArray("[suggestions]\nwordCount=4.5\n");
    QTest::newRow("not a number") << QByteArray("[appearance]\ntextSize=nan\n");
    QTest::newRow("no such choice") << QByteArray("[appearance]\ntheme=pink\n");
    QTest::newRow("not a truth value") << QByteArray("[suggestions]\nenabled=maybe\n");
}

void TestSettings::badValuesReadAsDefaults() {
    QFETCH(QByteArray, line);
    writeFile(line);
    const Settings settings(m_file);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^setting .* default")));
    QCOMPARE(settings.value(setting::wordCount), 5);
    QCOMPARE(settings.value(setting::textSize), 13.5);
    QCOMPARE(settings.value(setting::theme), QStringLiteral("system"));
    QCOMPARE(settings.value(setting::suggestionsEnabled), true);
    QCOMPARE(settings.value(setting::wordCount), 5); // noted once only
}

void TestSettings::badValuesAreNotWritten() {
    Settings settings(m_file);
    QSignalSpy spy(&settings, &Settings::changed);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("wordCount was not set")));
    QVERIFY(!settings.set(setting::wordCount, 0));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("theme was not set")));
    QVERIFY(!settings.set(setting::theme, "pink"));
    QCOMPARE(spy.size(), 0);
    QCOMPARE(settings.value(setting::wordCount), 5);
}

void TestSettings::changesAreTold() {
    Settings settings(m_file);
    QSignalSpy spy(&settings, &Settings::changed);
    QVector<int> seen;
    {
        QObject context;
        settings.observe(setting::wordCount, &context, [&](int count) { seen << count; });
        settings.set(setting::wordCount, 6);
        settings.set(setting::wordCount, 6);
        settings.set(setting::wordBar, false);
        settings.reset(setting::wordCount);
    }
    settings.set(setting::wordCount, 8);
    QCOMPARE(seen, QVector<int>({5, 6, 5}));
    QCOMPARE(spy.size(), 4);
    QCOMPARE(spy[0][0].toString(), QStringLiteral("suggestions/wordCount"));
}

void TestSettings::shortcuts() {
    const QStringList defaults{QStringLiteral("Ctrl+S")};
    const QString save = QStringLiteral("save");
    {
        Settings settings(m_file);
        QSignalSpy spy(&settings, &Settings::shortcutsChanged);
        QCOMPARE(settings.shortcuts(save, defaults), defaults);
        settings.setShortcuts(save, {QStringLiteral("Ctrl+,"), QStringLiteral("F2")}, defaults);
        settings.setShortcuts(QStringLiteral("print"), {}, {QStringLiteral("Ctrl+P")});
        QCOMPARE(spy.size(), 2);
        QVERIFY(settings.sync());
    }
    Settings settings(m_file);
    QCOMPARE(settings.shortcuts(save, defaults),
             QStringList({QStringLiteral("Ctrl+,"), QStringLiteral("F2")}));
    QCOMPARE(settings.shortcuts(QStringLiteral("print"), {QStringLiteral("Ctrl+P")}),
             QStringList());
    settings.setShortcuts(save, defaults, defaults);
    QCOMPARE(settings.shortcuts(save, {QStringLiteral("F12")}), QStringList{QStringLiteral("F12")});
    settings.resetShortcuts();
    QCOMPARE(settings.shortcuts(QStringLiteral("print"), {QStringLiteral("Ctrl+P")}),
             QStringList{QStringLiteral("Ctrl+P")});
}

void TestSettings::migrates() {
    writeFile("[settings]\nversion=1\n[old]\nwords=7\n");
    const std::vector<SettingsMigration> migrations{
        {3,
         [](QSettings& store) {
             store.setValue(QStringLiteral("suggestions/wordCount"),
                            store.value(QStringLiteral("bar/words")).toInt() + 1);
             store.remove(QStringLiteral("bar"));
         }},
        {2, [](QSettings& store) {
             store.setValue(QStringLiteral("bar/words"), store.value(QStringLiteral("old/words")));
             store.remove(QStringLiteral("old"));
         }}};
    {
        Settings settings(m_file, 3, migrations);
        QCOMPARE(settings.value(setting::wordCount), 8);
        QVERIFY(settings.sync());
    }
    const Settings again(m_file, 3, migrations);
    QCOMPARE(again.value(setting::wordCount), 8);
    const QSettings raw(m_file, QSettings::IniFormat);
    QCOMPARE(raw.value(QStringLiteral("settings/version")).toInt(), 3);
}

void TestSettings::newerFilesAreLeftAlone() {
    writeFile("[settings]\nversion=99\n[future]\nthing=1\n[suggestions]\nwordCount=6\n");
    {
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(QStringLiteral("future/thing is not known")));
        Settings settings(m_file);
        QCOMPARE(settings.value(setting::wordCount), 6);
        settings.set(setting::wordBar, false);
        QVERIFY(settings.sync());
    }
    const QSettings raw(m_file, QSettings::IniFormat);
    QCOMPARE(raw.value(QStringLiteral("settings/version")).toInt(), 99);
    QCOMPARE(raw.value(QStringLiteral("future/thing")).toInt(), 1);
}

void TestSettings::damagedFilesAreKept() {
    const QByteArray junk("\x01\x02 this was never\nan ini file [\n");
    writeFile(junk);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("kept as")));
    Settings settings(m_file);
    QCOMPARE(settings.value(setting::wordCount), 5);
    QVERIFY(settings.set(setting::wordCount, 6));
    QVERIFY(settings.sync());
    QFile kept(m_file + QStringLiteral(".damaged"));
    QVERIFY(kept.open(QIODevice::ReadOnly));
    QCOMPARE(kept.readAll(), junk);
}

void TestSettings::recentFiles() {
    Settings settings(m_file);
    RecentFiles recent(settings);
    for (int i = 0; i < 15; ++i) {
        recent.add(m_dir->filePath(QString::number(i)));
    }
    QCOMPARE(recent.all().size(), 10);
    QCOMPARE(recent.all().first(), m_dir->filePath(QStringLiteral("14")));
    recent.add(m_dir->filePath(QStringLiteral("x/../10")));
    QCOMPARE(recent.all().first(), m_dir->filePath(QStringLiteral("10")));
    QCOMPARE(recent.all().size(), 10);
    QVERIFY(recent.existing().isEmpty());
    QFile file(m_dir->filePath(QStringLiteral("12")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(recent.existing(), QStringList{file.fileName()});
    recent.remove(file.fileName());
    QCOMPARE(recent.all().size(), 9);
    recent.clear();
    QVERIFY(recent.all().isEmpty());
}

QTEST_GUILESS_MAIN(TestSettings)
#include "test_settings.moc"
