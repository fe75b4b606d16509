#include "ui/system_scheme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QGuiApplication>
#include <QPalette>

namespace linnet::ui {

namespace {
const QString service = QStringLiteral("org.freedesktop.portal.Desktop");
const QString object = QStringLiteral("/org/freedesktop/portal/desktop");
const QString interface = QStringLiteral("org.freedesktop.portal.Settings");
const QString appearance = QStringLiteral("org.freedesktop.appearance");
const QString colorScheme = QStringLiteral("color-scheme");
} // namespace

SystemScheme::SystemScheme(QObject* parent)
    : QObject(parent) {
    const QPalette palette = QGuiApplication::palette();
    m_dark = palette.color(QPalette::Window).lightness() <
             palette.color(QPalette::WindowText).lightness();
}

void SystemScheme::ask() {
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        return;
    }
    bus.connect(service, object, interface, QStringLiteral("SettingChanged"), this,
                SLOT(onSettingChanged(QString, QString, QDBusVariant)));
    QDBusMessage call =
        QDBusMessage::createMethodCall(service, object, interface, QStringLiteral("Read"));
    call << appearance << colorScheme;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        if (!reply.isError()) {
            take(reply.value().variant());
        }
        watcher->deleteLater();
    });
}

void SystemScheme::onSettingChanged(const QString& group, const QString& key,
                                    const QDBusVariant& value) {
    if (group == appearance && key == colorScheme) {
        take(value.variant());
    }
}

// 0: no preference, 1: dark, 2: light. Read() wraps the value in a second variant.
void SystemScheme::take(const QVariant& scheme) {
    const QVariant inner = scheme.userType() == qMetaTypeId<QDBusVariant>()
                               ? scheme.value<QDBusVariant>().variant()
                               : scheme;
    const uint value = inner.toUInt();
    if (value == 0 || (value == 1) == m_dark) {
        return;
    }
    m_dark = value == 1;
    Q_EMIT changed(m_dark);
}

} // namespace linnet::ui
