#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <fstream>

#include "caption/picture_files.h"

using namespace linnet;
namespace fs = std::filesystem;

class TestPictureFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ordersNaturally();
    void knowsNames();
    void findsInFolders();
    void stops();
};

void TestPictureFiles::ordersNaturally() {
    const std::vector<std::string> ordered = {"a",
                                              "a1",
                                              "a01",
                                              "a2.jpg",
                                              "A10.jpg",
                                              "a10b",
                                              "b",
                                              "img 9",
                                              "img 10",
                                              "img 10 a",
                                              "x99999999999999999999",
                                              "x100000000000000000000"};
    std::vector<std::string> shuffled(ordered.rbegin(), ordered.rend());
    std::sort(shuffled.begin(), shuffled.end(), caption::naturallyBefore);
    std::vector<std::string> expected = ordered;
    std::swap(expected[1], expected[2]); // equal numbers: "a01" before "a1" by their bytes
    QCOMPARE(shuffled, expected);
    for (const std::string& one : ordered) {
        QVERIFY(!caption::naturallyBefore(one, one));
    }
}

void TestPictureFiles::knowsNames() {
    for (const char* name : {"a.jpg", "b.JPEG", "c.png", "d.WebP", "e.tiff", "f.gif", "g.bmp"}) {
        QVERIFY(caption::hasPictureName(name));
    }
    for (const char* name : {"a.txt", "jpg", "b.svg", "c.jpg.part", ".png"}) {
        QVERIFY(!caption::hasPictureName(name));
    }
}

void TestPictureFiles::findsInFolders() {
    const QTemporaryDir folder;
    const fs::path root = folder.path().toStdString();
    fs::create_directories(root / "b");
    fs::create_directories(root / ".hidden");
    for (const char* name :
         {"10.png", "9.jpg", "notes.txt", ".secret.png", "b/1.gif", ".hidden/2.png"}) {
        std::ofstream(root / name) << "x";
    }
    fs::create_directory_symlink(root, root / "b" / "loop");
    std::vector<fs::path> found =
        caption::findPictures({root, root / "notes.txt", root / "no"}, 99);
    const std::vector<fs::path> expected = {root / "9.jpg", root / "10.png", root / "b/1.gif",
                                            root / "notes.txt", root / "no"};
    QVERIFY(found == expected);
    QCOMPARE(caption::findPictures({root}, 2).size(), std::size_t(2));
}

void TestPictureFiles::stops() {
    const QTemporaryDir folder;
    std::ofstream(folder.filePath("a.png").toStdString()) << "x";
    std::stop_source stop;
    stop.request_stop();
    QVERIFY(caption::findPictures({folder.path().toStdString()}, 9, stop.get_token()).empty());
}

QTEST_APPLESS_MAIN(TestPictureFiles)
#include "test_picture_files.moc"
