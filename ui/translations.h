#pragma once

#include <QString>
#include <QStringList>

class QObject;

namespace linnet::ui {

// Where the program's translations are, as linnet_LANGUAGE.qm.
inline constexpr const char* translationFolder = ":/linnet/translations";

// Languages other than English that the program speaks, as "zh_CN".
QStringList translatedLanguages(const QString& folder = QString::fromLatin1(translationFolder));

// The language that a choice of the settings means ("system", "en", "zh_CN"), given the languages
// that the system asks for, best first, and those there are. Empty: English.
QString languageFor(const QString& choice, const QStringList& systemLanguages,
                    const QStringList& translated);

// Translates the program and Qt's own texts from now on, as long as `owner` lives. Texts that are
// on screen stay as they are, so call it before the first window. False: there is no such
// translation, and the program speaks English.
bool installLanguage(const QString& language, QObject* owner,
                     const QString& folder = QString::fromLatin1(translationFolder));

} // namespace linnet::ui
