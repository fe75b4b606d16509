#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <string_view>

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QIcon>

#include "desktop/application.h"
#include "ui/english_plurals.h"
#include "ui/plain_style.h"

namespace {

int run(int argc, char** argv) {
    QApplication::setApplicationName(QStringLiteral("linnet"));
    QApplication::setApplicationDisplayName(QStringLiteral("Linnet"));
    QApplication::setApplicationVersion(QStringLiteral(LINNET_VERSION));
    QApplication::setDesktopFileName(QStringLiteral(LINNET_APP_ID));
    // Help and version are to be had without a display.
    const bool tellsOnly = std::any_of(argv + 1, argv + argc, [](const char* argument) {
        const std::string_view text(argument);
        return text == "-h" || text == "--help" || text == "--help-all" || text == "-v" ||
               text == "--version";
    });
    const std::unique_ptr<QCoreApplication> app(tellsOnly ? new QCoreApplication(argc, argv)
                                                          : new QApplication(argc, argv));

    QCommandLineParser parser;
    parser.setApplicationDescription(QApplication::translate(
        "main", "A writing desk for prose and verse that thinks on your own machine."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption models(
        QStringLiteral("models"),
        QApplication::translate("main", "Look for models in <folder> first."),
        QStringLiteral("folder"));
    const QCommandLineOption quiet(
        QStringLiteral("no-suggestions"),
        QApplication::translate("main", "Suggest nothing in this session."));
    parser.addOption(models);
    parser.addOption(quiet);
    parser.addPositionalArgument(QStringLiteral("files"),
                                 QApplication::translate("main", "Texts to open."),
                                 QStringLiteral("[files...]"));
    parser.process(*app);

    if (parser.isSet(models)) {
        // The library looks there first.
        const QString before = qEnvironmentVariable("LINNET_MODELS");
        const QString folder = QFileInfo(parser.value(models)).absoluteFilePath();
        const QString all = before.isEmpty() ? folder : folder + QDir::listSeparator() + before;
        qputenv("LINNET_MODELS", all.toLocal8Bit());
    }
    linnet::ui::EnglishPlurals english;
    QApplication::installTranslator(&english);
    QApplication::setStyle(new linnet::ui::PlainStyle);
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/linnet/icons/linnet.svg")));

    linnet::desktop::StartOptions options;
    options.files = parser.positionalArguments();
    options.suggestions = !parser.isSet(quiet);
    linnet::desktop::Application linnet(linnet::services::AppPaths::standard(), options);
    linnet.start();
    return QApplication::exec();
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "linnet: %s\n", error.what());
    } catch (...) {
        std::fprintf(stderr, "linnet: an unknown failure\n");
    }
    return 1;
}
