#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <QObject>
#include <QSet>
#include <QSettings>
#include <QString>
#include <QStringList>
#include <QVariant>

#include "services/settings_table.h"

namespace linnet::services {

// Turns a settings file of version `to - 1` into one of version `to`.
struct SettingsMigration {
    int to = 0;
    std::function<void(QSettings&)> apply;
};

// The program's settings: an INI file read through the table of settings_table.h. A value that is
// missing, of the wrong type or out of range reads as its default, with one note in the log. Keys
// that this version does not know are left alone. GUI thread.
class Settings : public QObject {
    Q_OBJECT
public:
    // `file` is created with the first change. A file that cannot be parsed is kept as
    // `file`.damaged. Migrations and version can be given for tests.
    explicit Settings(const QString& file, QObject* parent = nullptr);
    Settings(const QString& file, int version, const std::vector<SettingsMigration>& migrations,
             QObject* parent = nullptr);
    ~Settings() override;

    template <typename T>
    T value(const Setting<T>& setting) const;

    // Writes a valid value and tells by changed() if it is another one; an invalid one is refused
    // with a note and `false`. The default is stored by removing the key.
    template <typename T>
    bool set(const Setting<T>& setting, const T& value);
    bool set(const Setting<QString>& setting, const char* value) {
        return set(setting, QString::fromUtf8(value));
    }

    template <typename T>
    void reset(const Setting<T>& setting) {
        set(setting, setting.defaultValue());
    }

    // Calls `function(value)` now and with every change, as long as `context` lives.
    template <typename T, typename Function>
    void observe(const Setting<T>& setting, QObject* context, Function function);

    // The key sequences (portable text, as QKeySequence::toString gives) of an action: the user's,
    // else `defaults`. An empty list is a choice too: no shortcut.
    QStringList shortcuts(const QString& action, const QStringList& defaults) const;
    void setShortcuts(const QString& action, const QStringList& sequences,
                      const QStringList& defaults);
    void resetShortcuts();

    // Writes to disk now. False: could not; the settings stay in memory.
    bool sync();

    QString fileName() const;

Q_SIGNALS:
    void changed(const QString& key);
    void shortcutsChanged(const QString& action); // empty: all

private:
    void open(const QString& file, int version, const std::vector<SettingsMigration>& migrations);
    void noteUnknownKeys() const;
    void note(const QString& key, const QString& problem) const;
    bool store(const char* key, const QVariant& value, bool isDefault);

    std::unique_ptr<QSettings> m_store;
    mutable QSet<QString> m_noted;
};

} // namespace linnet::services

#include "services/settings_values.h"
