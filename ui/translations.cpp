#include "ui/translations.h"

#include <QCoreApplication>
#include <QDir>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace linnet::ui {

QStringList translatedLanguages(const QString& folder) {
    QStringList languages;
    for (const QString& file :
         QDir(folder).entryList({QStringLiteral("linnet_*.qm")}, QDir::Files, QDir::Name)) {
        languages << file.mid(7).chopped(3);
    }
    return languages;
}

QString languageFor(const QString& choice, const QStringList& systemLanguages,
                    const QStringList& translated) {
    if (choice != QLatin1String("system")) {
        return translated.contains(choice) ? choice : QString();
    }
    for (const QString& wanted : systemLanguages) {
        const QLocale::Language language = QLocale(wanted).language();
        if (language == QLocale::English) {
            return {};
        }
        for (const QString& one : translated) {
            if (QLocale(one).language() == language) {
                return one;
            }
        }
    }
    return {};
}

bool installLanguage(const QString& language, QObject* owner, const QString& folder) {
    if (language.isEmpty()) {
        return false;
    }
    // Qt's own texts first: the translation installed last is asked first.
    const QString qtFolder = QLibraryInfo::path(QLibraryInfo::TranslationsPath);
    bool installed = false;
    for (const auto& [name, place] : {std::pair(QStringLiteral("qtbase_"), qtFolder),
                                      std::pair(QStringLiteral("linnet_"), folder)}) {
        auto* translator = new QTranslator(owner);
        installed = translator->load(name + language, place);
        if (installed) {
            QCoreApplication::installTranslator(translator);
        } else {
            delete translator;
        }
    }
    return installed;
}

} // namespace linnet::ui
