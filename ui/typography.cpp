#include "ui/typography.h"

#include <QFontInfo>

namespace linnet::ui {

namespace setting = services::setting;

namespace {

// The family behind the platform's alias: in a list of families Qt passes over an alias.
[[maybe_unused]] QString familyBehind(const QString& alias, QFont::StyleHint hint) {
    QFont font(alias);
    font.setStyleHint(hint);
    return QFontInfo(font).family();
}

} // namespace

Typography typographyFrom(const services::Settings& settings) {
    Typography type;
    const QString own = settings.value(setting::textFont);
    if (!own.isEmpty()) {
        type.latin.append(own);
    }
    const QString ownChinese = settings.value(setting::chineseFont);
    if (!ownChinese.isEmpty()) {
        type.chinese.append(ownChinese);
    }
    // Families that are missing are passed over.
#if defined(Q_OS_WIN)
    type.latin += {QStringLiteral("Georgia"), QStringLiteral("Cambria")};
    type.code = {QStringLiteral("Consolas")};
#elif defined(Q_OS_MACOS)
    type.latin += {QStringLiteral("New York"), QStringLiteral("Georgia")};
    type.code = {QStringLiteral("Menlo")};
#else
    type.latin += {familyBehind(QStringLiteral("serif"), QFont::Serif)};
    type.code = {familyBehind(QStringLiteral("monospace"), QFont::Monospace)};
#endif
    type.chinese +=
        {QStringLiteral("Noto Serif CJK SC"), QStringLiteral("Source Han Serif SC"),
         QStringLiteral("Songti SC"), QStringLiteral("STSong"), QStringLiteral("SimSun")};
    type.pointSize = settings.value(setting::textSize);
    type.lineHeight = settings.value(setting::lineHeight) / 100.0;
    type.columns = settings.value(setting::columnWidth);
    return type;
}

QFont interfaceFont(const QFont& platform) {
    QFont font = platform;
    font.setFamilies({QFontInfo(platform).family(), QStringLiteral("Noto Sans CJK SC"),
                      QStringLiteral("Source Han Sans SC"), QStringLiteral("PingFang SC"),
                      QStringLiteral("Microsoft YaHei UI")});
    return font;
}

} // namespace linnet::ui
