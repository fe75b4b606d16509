// Types into the real editor window with the real model and says how long the GUI thread was busy
// with each key and how soon the suggestions were up to date, also while pictures are captioned
// beside. Offscreen by default.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QKeyEvent>
#include <QTemporaryDir>
#include <QTextBlock>
#include <QTimer>

#include "services/local_caption_source.h"
#include "services/local_suggestion_source.h"
#include "services/settings.h"
#include "ui/dialogs/dialogs.h"
#include "ui/document_session.h"
#include "ui/editor/editor.h"
#include "ui/editor/suggestion_controller.h"
#include "ui/main_window.h"
#include "ui/panels/pictures_panel.h"
#include "ui/pictures_desk.h"

using namespace linnet;

namespace {

// Sums the time spent in event handlers, nested ones counted once: what keeps the GUI thread from
// the next key.
class TimedApplication : public QApplication {
public:
    using QApplication::QApplication;

    bool notify(QObject* receiver, QEvent* event) override {
        if (m_depth++ == 0) {
            m_clock.start();
            m_cpuStart = threadCpu();
        }
        const bool handled = QApplication::notify(receiver, event);
        if (--m_depth == 0) {
            m_longest = std::max(m_longest, m_clock.nsecsElapsed());
            m_busy += m_clock.nsecsElapsed();
            m_cpu += threadCpu() - m_cpuStart;
        }
        return handled;
    }
    double takeBusyMs() { return static_cast<double>(std::exchange(m_busy, 0)) / 1e6; }
    // Of one event and all that it did at once: how long the window did not answer.
    double takeLongestMs() { return static_cast<double>(std::exchange(m_longest, 0)) / 1e6; }
    double takeCpuMs() { return static_cast<double>(std::exchange(m_cpu, 0)) / 1e6; }

private:
    // What the thread itself computed: does not depend on what else the machine does.
    static qint64 threadCpu() {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return static_cast<qint64>(now.tv_sec) * 1000000000 + now.tv_nsec;
    }

    QElapsedTimer m_clock;
    qint64 m_busy = 0;
    qint64 m_longest = 0;
    qint64 m_cpu = 0;
    qint64 m_cpuStart = 0;
    int m_depth = 0;
};

struct Options {
    QString model;
    QString file;
    QString pictures;  // a folder of them, to be captioned while typing
    QString captioner; // the model for that
    int keys = 600;
    int interval = 60;
    int paragraph = 0; // characters of one long paragraph; 0: paragraphs as usual
    bool atEnd = false;
};

const char* const prose =
    "The harbour was quiet when she came down to the boats in the morning. Nobody had told her "
    "that the old man would be gone before the light, and so she stood for a while beside the "
    "empty mooring and looked out over the water, where the first wind of the day was beginning "
    "to move. \"He said he would wait,\" she told the boy, who did not answer. There were "
    "things one could not ask of a child. She sat down on the wall, took the letter out of her "
    "coat and read it again from the beginning, slowly, as though it might have changed. ";

// Other words than the document's, so that little of it is known beforehand.
const char* const typed =
    "It rained on the day of the hearing, and the road to the town was full of carts. My father "
    "walked in front with his hat pulled down and said nothing until we had crossed the bridge. "
    "\"They will ask you about the money,\" he said then. \"Tell them what you saw and no "
    "more.\" I was eleven years old and had seen a good deal more than he supposed. The clerk at "
    "the door wrote our names in a book, looked at my shoes, and pointed to a bench where six or "
    "seven people were already waiting. A woman made room for me. She smelled of apples, and her "
    "hands would not keep still. ";

double percentile(std::vector<double> values, double share) {
    if (values.empty()) {
        return 0;
    }
    std::sort(values.begin(), values.end());
    const auto index = static_cast<size_t>(share * static_cast<double>(values.size() - 1) + 0.5);
    return values[index];
}

void print(const char* name, const std::vector<double>& values) {
    std::printf("%-34s %6zu   p50 %7.2f   p95 %7.2f   p99 %7.2f   max %7.2f ms\n", name,
                values.size(), percentile(values, 0.5), percentile(values, 0.95),
                percentile(values, 0.99), percentile(values, 1.0));
}

// Sends one key after the other, as a writer of steady hand, and notes the times.
class Typist : public QObject {
public:
    Typist(TimedApplication& app, ui::MainWindow& window, services::SuggestionSource& source,
           const Options& options)
        : m_app(app)
        , m_window(window)
        , m_options(options) {
        // Connected after the window's controller, so these run when it has shown the reply.
        QObject::connect(&source, &services::SuggestionSource::ready, this,
                         [this](quint64 id) { settle(id, true); });
        QObject::connect(&source, &services::SuggestionSource::finished, this,
                         [this](quint64 id) { settle(id, false); });
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.setInterval(options.interval);
        QObject::connect(&m_timer, &QTimer::timeout, this, [this] { next(); });
    }

    void begin() {
        QTextCursor cursor(m_window.editor().document());
        if (m_options.atEnd) {
            cursor.movePosition(QTextCursor::End);
        } else {
            cursor.setPosition(m_window.editor().document()->characterCount() / 2);
            cursor.movePosition(QTextCursor::EndOfBlock);
        }
        m_window.editor().setTextCursor(cursor);
        m_timer.start();
    }

    void report(double paintMs, double readyMs) const {
        std::printf("document                           %d characters in %d blocks, typing at %s\n",
                    m_window.editor().document()->characterCount(),
                    m_window.editor().document()->blockCount(),
                    m_options.atEnd ? "its end" : "its middle");
        std::printf("keys                               %d, one each %d ms\n", m_options.keys,
                    m_options.interval);
        std::printf("window painted                     %.0f ms after main()\n", paintMs);
        if (readyMs > 0) {
            std::printf("model ready                        %.0f ms after main()\n", readyMs);
        }
        print("(a) GUI thread busy for a key", m_busy);
        print("    of it: computing", m_cpu);
        print("    of it: the key event itself", m_key);
        print("(b) key to first suggestion", m_first);
        print("    key to ghost text or its absence", m_last);
        if (!m_first.empty()) {
            std::printf("    the first key after the start    %7.2f ms\n", m_first.front());
        }
        std::printf("keys along the ghost text          %d; replies too late for their key %d\n",
                    m_consumed, m_late);
    }

private:
    void next() {
        const double busy = m_app.takeBusyMs();
        const double cpu = m_app.takeCpuMs();
        if (m_sent > 0) {
            m_busy.push_back(busy);
            m_cpu.push_back(cpu);
            m_late += m_open ? 1 : 0;
        }
        if (m_sent == m_options.keys) {
            m_timer.stop();
            QApplication::exit(); // quit() would close the window, which asks about the text
            return;
        }
        static const QString text = QString::fromUtf8(typed);
        const QChar c = text.at(m_sent % text.size());
        const quint64 before = m_window.suggestions().ticket().request;
        m_open = false;
        m_clock.start();
        QKeyEvent press(QEvent::KeyPress, 0, Qt::NoModifier, QString(c));
        QApplication::sendEvent(&m_window.editor(), &press);
        QKeyEvent release(QEvent::KeyRelease, 0, Qt::NoModifier, QString(c));
        QApplication::sendEvent(&m_window.editor(), &release);
        m_key.push_back(static_cast<double>(m_clock.nsecsElapsed()) / 1e6);
        ++m_sent;
        const auto& ticket = m_window.suggestions().ticket();
        if (ticket.request != 0 && ticket.request == before) {
            ++m_consumed; // up to date already
            m_first.push_back(m_key.back());
        } else if (ticket.request != 0) {
            m_open = true;
            m_seen = false;
            m_request = ticket.request;
        }
    }

    void settle(quint64 id, bool more) {
        if (!m_open || id != m_request) {
            return;
        }
        const double elapsed = static_cast<double>(m_clock.nsecsElapsed()) / 1e6;
        if (!m_seen) {
            m_seen = true;
            m_first.push_back(elapsed);
        }
        if (!more) {
            m_last.push_back(elapsed);
            m_open = false;
        }
    }

    TimedApplication& m_app;
    ui::MainWindow& m_window;
    Options m_options;
    QTimer m_timer;
    QElapsedTimer m_clock;
    std::vector<double> m_busy;
    std::vector<double> m_cpu;
    std::vector<double> m_key;
    std::vector<double> m_first;
    std::vector<double> m_last;
    quint64 m_request = 0;
    int m_sent = 0;
    int m_consumed = 0;
    int m_late = 0;
    bool m_open = false;
    bool m_seen = false;
};

// The panel at work on a folder of pictures while somebody types, and how soon it stops.
class PictureLoad : public QObject {
public:
    PictureLoad(ui::MainWindow& window, services::CaptionSource& source, const QString& folder)
        : m_window(window)
        , m_folder(folder) {
        QObject::connect(&source, &services::CaptionSource::captioned, this, [this] { ++m_done; });
        QObject::connect(&source, &services::CaptionSource::failed, this,
                         [this](quint64, const services::CaptionFailure& failure) {
                             ++m_failed;
                             m_problem = failure.message;
                         });
        QObject::connect(&source, &services::CaptionSource::started, this, [this] {
            if (m_stopped.isValid() && m_next == 0) {
                m_next = static_cast<double>(m_stopped.nsecsElapsed()) / 1e6;
                QApplication::exit();
            }
        });
    }

    void begin() {
        ui::PicturesDesk* const desk = m_window.pictures();
        desk->showPanel(true);
        desk->panel().addPaths({m_folder});
        m_clock.start();
    }

    // Stops the work and gives the panel one more picture: when that begins, the one before has
    // been let go. Ends the event loop, which `exec` runs.
    template <typename Exec>
    void stop(const Exec& exec) {
        m_seconds = static_cast<double>(m_clock.elapsed()) / 1e3;
        ui::PicturesPanel& panel = m_window.pictures()->panel();
        m_busy = panel.isBusy();
        const QStringList files = QDir(m_folder).entryList(QDir::Files, QDir::Name);
        m_stopped.start();
        panel.stop();
        m_stopMs = static_cast<double>(m_stopped.nsecsElapsed()) / 1e6;
        if (m_busy && !files.isEmpty()) {
            panel.addPaths({m_folder + u'/' + files.first()});
            exec();
        }
    }

    void report() const {
        std::printf("pictures captioned meanwhile       %d in %.1f s, %d failed%s%s\n", m_done,
                    m_seconds, m_failed, m_failed > 0 ? ", the last: " : "", qPrintable(m_problem));
        if (m_busy) {
            std::printf("stop                               %.2f ms of the GUI thread; the next "
                        "picture begins after %.1f ms\n",
                        m_stopMs, m_next);
        } else {
            std::printf(
                "stop                               not measured: all pictures were done\n");
        }
    }

private:
    ui::MainWindow& m_window;
    QString m_folder;
    QString m_problem;
    QElapsedTimer m_clock;
    QElapsedTimer m_stopped;
    double m_seconds = 0;
    double m_stopMs = 0;
    double m_next = 0;
    int m_done = 0;
    int m_failed = 0;
    bool m_busy = false;
};

QString readSample(const Options& options) {
    if (!options.file.isEmpty()) {
        const auto loaded = services::loadDocument(options.file);
        if (loaded.ok()) {
            return loaded.value().text;
        }
        std::fprintf(stderr, "%s\n", loaded.error().message.c_str());
    }
    // A megabyte of paragraphs.
    QString text;
    const QString paragraph = QString::fromUtf8(prose).trimmed();
    if (options.paragraph > 0) {
        while (text.size() < options.paragraph) {
            text += paragraph + u' ';
        }
        return text;
    }
    while (text.size() < 1024 * 1024) {
        text += paragraph + QStringLiteral("\n\n");
    }
    return text;
}

int run(TimedApplication& app, const Options& options, const QElapsedTimer& sinceMain) {
    QTemporaryDir folder;
    const services::AppPaths paths = services::AppPaths::under(folder.path());
    services::Settings settings(folder.filePath(QStringLiteral("settings.ini")));
    services::LocalSuggestionOptions sourceOptions;
    sourceOptions.modelFolder = options.model.toStdU16String();
    sourceOptions.stateFolder = paths.state.toStdU16String();
    services::LocalSuggestionSource source(sourceOptions);
    ui::SystemDialogs dialogs;
    const QString file = folder.filePath(QStringLiteral("sample.md"));
    {
        QFile sample(file);
        if (!sample.open(QIODevice::WriteOnly) || sample.write(readSample(options).toUtf8()) < 0) {
            std::fprintf(stderr, "cannot write %s\n", qPrintable(file));
            return 1;
        }
    }
    services::LocalCaptionOptions captionOptions;
    captionOptions.model = options.captioner.toStdU16String();
    services::LocalCaptionSource captions(captionOptions);
    ui::WindowServices windowServices{settings, paths, source, dialogs};
    windowServices.captions = &captions;
    auto* window = new ui::MainWindow(windowServices);
    window->resize(1280, 800);
    Typist typist(app, *window, source, options);
    PictureLoad load(*window, captions, options.pictures);
    double painted = 0;
    double ready = 0;
    bool opened = false;
    bool settled = options.model.isEmpty(); // the model is there, or will not come
    bool begun = false;
    const auto begin = [&] {
        if (opened && settled && !std::exchange(begun, true)) {
            if (!options.pictures.isEmpty()) {
                load.begin();
            }
            // Let what came with opening be over.
            QTimer::singleShot(1000, &typist, [&] {
                std::printf("opening the document               %.0f ms of work, %.0f ms of them "
                            "without an answer\n",
                            app.takeBusyMs(), app.takeLongestMs());
                app.takeCpuMs();
                typist.begin();
            });
        }
    };
    QObject::connect(window, &ui::MainWindow::painted, window, [&] {
        painted = static_cast<double>(sinceMain.nsecsElapsed()) / 1e6;
        window->openFile(file);
        source.start();
    });
    QObject::connect(&window->session(), &ui::DocumentSession::opened, window, [&] {
        opened = true;
        begin();
    });
    QObject::connect(&source, &services::LocalSuggestionSource::statusChanged, window,
                     [&](const services::ModelStatus& status) {
                         window->setModelStatus(status);
                         if (status.state == services::ModelState::Ready) {
                             ready = static_cast<double>(sinceMain.nsecsElapsed()) / 1e6;
                             settled = true;
                             begin();
                         } else if (status.state == services::ModelState::Failed) {
                             std::printf("model                              failed: %s\n",
                                         qPrintable(status.notice));
                             settled = true;
                             begin();
                         }
                     });
    window->show();
    window->activateWindow();
    window->editor().setFocus();
    QApplication::exec();
    typist.report(painted, ready);
    if (!options.pictures.isEmpty()) {
        load.stop([] { QApplication::exec(); });
        load.report();
    }
    window->editor().document()->setModified(false);
    delete window;
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    QElapsedTimer sinceMain;
    sinceMain.start();
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    try {
        TimedApplication app(argc, argv);
        QCommandLineParser parser;
        parser.setApplicationDescription(
            QStringLiteral("Types into Linnet's editor and measures how long each key takes."));
        parser.addHelpOption();
        const QCommandLineOption model(QStringLiteral("model"), QStringLiteral("Model folder."),
                                       QStringLiteral("folder"));
        const QCommandLineOption keys(QStringLiteral("keys"), QStringLiteral("How many keys."),
                                      QStringLiteral("count"), QStringLiteral("600"));
        const QCommandLineOption interval(QStringLiteral("interval"),
                                          QStringLiteral("Milliseconds between keys."),
                                          QStringLiteral("ms"), QStringLiteral("60"));
        const QCommandLineOption end(QStringLiteral("at-end"),
                                     QStringLiteral("Type at the end, not in the middle."));
        const QCommandLineOption paragraph(
            QStringLiteral("paragraph"),
            QStringLiteral("Type into one paragraph of so many characters."),
            QStringLiteral("characters"), QStringLiteral("0"));
        const QCommandLineOption pictures(
            QStringLiteral("pictures"),
            QStringLiteral("Caption the pictures in this folder meanwhile; needs --captioner."),
            QStringLiteral("folder"));
        const QCommandLineOption captioner(QStringLiteral("captioner"),
                                           QStringLiteral("Model folder for the captions."),
                                           QStringLiteral("folder"));
        parser.addOptions({model, keys, interval, end, paragraph, pictures, captioner});
        parser.addPositionalArgument(QStringLiteral("file"),
                                     QStringLiteral("Text to open; a megabyte of prose if none."));
        parser.process(app);
        Options options;
        options.model = parser.value(model);
        options.pictures = parser.value(pictures);
        options.captioner = parser.value(captioner);
        options.keys = std::max(1, parser.value(keys).toInt());
        options.interval = std::max(1, parser.value(interval).toInt());
        options.paragraph = std::max(0, parser.value(paragraph).toInt());
        options.atEnd = parser.isSet(end);
        options.file = parser.positionalArguments().value(0);
        return run(app, options, sinceMain);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "linnet-bench-typing: %s\n", error.what());
    } catch (...) {
        std::fprintf(stderr, "linnet-bench-typing: an unknown failure\n");
    }
    return 1;
}
