#include "ui/english_plurals.h"

namespace linnet::ui {

QString EnglishPlurals::translate(const char*, const char* sourceText, const char*, int n) const {
    if (n < 0) {
        return {};
    }
    QString text = QString::fromUtf8(sourceText);
    const QString none;
    text.replace(QLatin1String("(s)"), n == 1 ? none : QStringLiteral("s"));
    text.replace(QLatin1String("(es)"), n == 1 ? none : QStringLiteral("es"));
    return text;
}

} // namespace linnet::ui
