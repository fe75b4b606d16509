#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "services/project_memory.h"

using namespace linnet;
using namespace linnet::services;
using suggest::PastCounts;

namespace {

// "Marlow" n times, m of them after "said".
PastCounts sample(std::uint32_t n, std::uint32_t m) {
    PastCounts counts;
    counts.words = {{"said", 7}, {"Marlow", n}, {",\n\"", 0}};
    counts.pairs = {{{0, 1}, m}};
    counts.triples = {{{2, 0, 1}, 2}};
    return counts;
}

std::uint32_t countOf(const PastCounts& counts, const std::string& word) {
    for (const auto& one : counts.words) {
        if (one.text == word) {
            return one.count;
        }
    }
    return 0;
}

QString onlyFile(const QString& folder) {
    const QDir learned(folder + QStringLiteral("/data/learned"));
    const QString project = learned.entryList(QDir::Dirs | QDir::NoDotAndDotDot).value(0);
    const QDir inside(learned.filePath(project));
    return inside.filePath(inside.entryList(QDir::Files).value(0));
}

} // namespace

class TestProjectMemory : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void remembersByFolder();
    void learningAgainReplaces();
    void damagedAndNewerFiles_data();
    void damagedAndNewerFiles();
    void forgets();
};

void TestProjectMemory::remembersByFolder() {
    QTemporaryDir folder;
    const ProjectMemory memory(AppPaths::under(folder.path()));
    QVERIFY(QDir(folder.path()).mkpath("novel/parts"));
    QVERIFY(QDir(folder.path()).mkpath("letters"));
    const QString one = folder.filePath("novel/one.md");
    const QString two = folder.filePath("novel/parts/../two.md");
    QVERIFY(memory.remember(one, sample(3, 2)).ok());
    QVERIFY(memory.remember(two, sample(5, 4)).ok());
    QVERIFY(memory.remember(folder.filePath("letters/a.md"), sample(9, 9)).ok());
    // A third document hears of both; a document does not hear of itself.
    const PastCounts all = memory.recall(folder.filePath("novel/three.md"));
    QCOMPARE(countOf(all, "Marlow"), 8U);
    QCOMPARE(countOf(all, "said"), 14U);
    QCOMPARE(all.pairs.size(), size_t(1));
    QCOMPARE(all.pairs[0].count, 6U);
    QCOMPARE(all.triples[0].count, 4U);
    QCOMPARE(all.words[all.triples[0].items[0]].text, std::string(",\n\""));
    QCOMPARE(countOf(memory.recall(one), "Marlow"), 5U);
    QVERIFY(memory.recall(folder.filePath("elsewhere/x.md")).empty());
    const auto projects = memory.projects();
    QCOMPARE(projects.size(), size_t(2));
    QVERIFY(projects[0].folder.endsWith("/letters"));
    QCOMPARE(projects[1].documents, 2);
    QCOMPARE(projects[1].words, 4); // separators are none
    QCOMPARE(countOf(memory.everything(projects[1]), "Marlow"), 8U);
}

void TestProjectMemory::learningAgainReplaces() {
    QTemporaryDir folder;
    const ProjectMemory memory(AppPaths::under(folder.path()));
    const QString one = folder.filePath("one.md");
    QVERIFY(memory.remember(one, sample(3, 2)).ok());
    QVERIFY(memory.remember(one, sample(4, 2)).ok());
    QCOMPARE(countOf(memory.recall(folder.filePath("two.md")), "Marlow"), 4U);
}

void TestProjectMemory::damagedAndNewerFiles_data() {
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::newRow("a changed count") << QByteArray("\"Marlow\",3") << QByteArray("\"Marlow\",4");
    QTest::newRow("newer") << QByteArray("linnet-words 1") << QByteArray("linnet-words 2");
    QTest::newRow("cut") << QByteArray("]]}\n") << QByteArray();
}

void TestProjectMemory::damagedAndNewerFiles() {
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QTemporaryDir folder;
    const ProjectMemory memory(AppPaths::under(folder.path()));
    QVERIFY(memory.remember(folder.filePath("one.md"), sample(3, 2)).ok());
    QFile file(onlyFile(folder.path()));
    QVERIFY(file.open(QIODevice::ReadWrite));
    QByteArray bytes = file.readAll();
    QVERIFY(bytes.contains(from));
    bytes.replace(from, to);
    QVERIFY(file.resize(0) && file.seek(0) && file.write(bytes) == bytes.size());
    file.close();
    QVERIFY(memory.recall(folder.filePath("two.md")).empty());
    QVERIFY(QFile::exists(file.fileName())); // left for who can read it
}

void TestProjectMemory::forgets() {
    QTemporaryDir folder;
    const ProjectMemory memory(AppPaths::under(folder.path()));
    QVERIFY(memory.remember(folder.filePath("one.md"), sample(3, 2)).ok());
    const QString file = onlyFile(folder.path());
    QVERIFY(QFile::exists(file));
    QVERIFY(memory.forget(memory.projects().at(0)));
    QVERIFY(!QFile::exists(file));
    QVERIFY(memory.projects().empty());
}

QTEST_GUILESS_MAIN(TestProjectMemory)
#include "test_project_memory.moc"
