#pragma once

#include <QAction>
#include <QFile>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "services/settings.h"
#include "ui/document_session.h"
#include "ui/editor/editor.h"
#include "ui/fake_dialogs.h"
#include "ui/fake_poem_source.h"
#include "ui/fake_suggestion_source.h"
#include "ui/fake_verse_source.h"
#include "ui/main_window.h"

namespace linnet::tests {

// A window on a folder of its own.
struct Desk {
    explicit Desk(services::SaveTargetFactory makeTarget = services::makeAtomicSaveTarget,
                  services::SpellChecker* spelling = nullptr)
        : paths(services::AppPaths::under(folder.filePath(QStringLiteral("linnet"))))
        , settings(folder.filePath(QStringLiteral("settings.ini")))
        , window(new ui::MainWindow({settings, paths, source, dialogs, std::move(makeTarget),
                                     spelling, &poems, &verse})) {
        window->show();
        window->activateWindow();
        QTRY_VERIFY(window->editor().hasFocus());
    }
    ~Desk() { delete window; }

    ui::Editor& editor() { return window->editor(); }
    QString file(const QString& name) { return folder.filePath(name); }
    QString write(const QString& name, const QByteArray& bytes) {
        QFile out(file(name));
        if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size()) {
            return {};
        }
        return out.fileName();
    }
    QByteArray read(const QString& name) {
        QFile in(file(name));
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray("(none)");
    }
    void type(const QString& text) { QTest::keyClicks(&editor(), text); }
    template <typename T>
    T* child(const char* name) {
        return window->findChild<T*>(QString::fromLatin1(name));
    }
    QString status(const char* name) { return child<QToolButton>(name)->text(); }
    QPushButton* button(const QString& text) {
        for (auto* button : window->findChildren<QPushButton*>()) {
            if (button->isVisible() && button->text().contains(text)) {
                return button;
            }
        }
        return nullptr;
    }
    // Opens and waits for the text; false: it cannot be read.
    bool open(const QString& path) { return open(*window, path); }
    static bool open(ui::MainWindow& in, const QString& path) {
        in.openFile(path);
        return settle(in) && in.session().path() == path;
    }
    static bool settle(ui::MainWindow& in) {
        return QTest::qWaitFor([&] { return !in.session().isLoading(); });
    }
    // Saves and waits for the disk; false: it went wrong.
    bool save() {
        QSignalSpy saved(&window->session(), &ui::DocumentSession::saved);
        window->session().save();
        return QTest::qWaitFor([&] { return !window->session().isSaving(); }) && saved.count() == 1;
    }
    void trigger(const char* id) { child<QAction>(id)->trigger(); }

    QTemporaryDir folder;
    services::AppPaths paths;
    services::Settings settings;
    tests::FakeSuggestionSource source;
    tests::FakeDialogs dialogs;
    tests::FakePoemSource poems;
    tests::FakeVerseSource verse;
    QPointer<ui::MainWindow> window;
};

} // namespace linnet::tests
