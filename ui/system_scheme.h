#pragma once

#include <QObject>

class QDBusVariant;

namespace linnet::ui {

// Whether the desktop asks for dark windows. Qt 6.4 cannot tell, so besides the platform's palette
// this asks the settings portal (org.freedesktop.appearance), without waiting for the answer.
class SystemScheme : public QObject {
    Q_OBJECT
public:
    explicit SystemScheme(QObject* parent = nullptr); // before the palette is changed

    bool isDark() const { return m_dark; }
    void ask(); // after the first window has painted

Q_SIGNALS:
    void changed(bool dark);

private Q_SLOTS:
    void onSettingChanged(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void take(const QVariant& scheme);
    bool m_dark = false;
};

} // namespace linnet::ui
