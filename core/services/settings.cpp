#include "services/settings.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLoggingCategory>

namespace linnet::services {

namespace {

Q_LOGGING_CATEGORY(settingsLog, "linnet.settings")

constexpr QLatin1String versionKey("settings/version");

// The table is in its first version. A change of a key or of a value's meaning adds an entry here
// and raises settingsVersion.
std::vector<SettingsMigration> knownMigrations() {
    return {};
}

QString shortcutKey(const QString& action) {
    return QLatin1String(setting::shortcutGroup) + QLatin1Char('/') + action;
}

bool damaged(const QSettings& store) {
    [[maybe_unused]] const QStringList keys = store.allKeys(); // parsing waits for the first need
    return store.status() == QSettings::FormatError;
}

} // namespace

Settings::Settings(const QString& file, QObject* parent)
    : Settings(file, settingsVersion, knownMigrations(), parent) {
}

Settings::Settings(const QString& file, int version,
                   const std::vector<SettingsMigration>& migrations, QObject* parent)
    : QObject(parent) {
    open(file, version, migrations);
}

Settings::~Settings() = default;

void Settings::open(const QString& file, int version,
                    const std::vector<SettingsMigration>& migrations) {
    QDir().mkpath(QFileInfo(file).absolutePath());
    m_store = std::make_unique<QSettings>(file, QSettings::IniFormat);
    if (damaged(*m_store)) {
        const QString kept = file + QStringLiteral(".damaged");
        m_store.reset();
        QFile::remove(kept);
        if (!QFile::rename(file, kept)) {
            qCWarning(settingsLog) << "the settings cannot be read, nor moved away:" << file;
        } else {
            qCWarning(settingsLog) << "the settings could not be read and are kept as" << kept;
        }
        m_store = std::make_unique<QSettings>(file, QSettings::IniFormat);
    }

    const bool empty = m_store->allKeys().isEmpty();
    const int found = empty ? version : detail::parseInt(m_store->value(versionKey)).value_or(1);
    for (int step = found + 1; step <= version; ++step) {
        for (const SettingsMigration& migration : migrations) {
            if (migration.to == step) {
                migration.apply(*m_store);
            }
        }
    }
    if (found < version) {
        m_store->setValue(versionKey, version);
    } else if (found > version) {
        qCInfo(settingsLog) << "the settings were written by a newer version; what this one knows "
                               "is used, the rest is left alone";
    }
    noteUnknownKeys();
}

void Settings::noteUnknownKeys() const {
    QSet<QString> known{versionKey};
    std::apply([&](const auto*... one) { (known.insert(QLatin1String(one->key)), ...); },
               setting::table);
    const QString shortcuts = shortcutKey(QString());
    for (const QString& key : m_store->allKeys()) {
        if (!known.contains(key) && !key.startsWith(shortcuts)) {
            note(key, QStringLiteral("is not known to this version; left alone"));
        }
    }
}

void Settings::note(const QString& key, const QString& problem) const {
    if (!m_noted.contains(key)) {
        m_noted.insert(key);
        qCWarning(settingsLog).noquote() << "setting" << key << problem;
    }
}

bool Settings::store(const char* key, const QVariant& value, bool isDefault) {
    const QString name = QString::fromLatin1(key);
    if (m_store->allKeys().isEmpty()) {
        m_store->setValue(versionKey, settingsVersion);
    }
    if (isDefault) {
        m_store->remove(name);
    } else {
        m_store->setValue(name, value);
    }
    Q_EMIT changed(name);
    return true;
}

QStringList Settings::shortcuts(const QString& action, const QStringList& defaults) const {
    const QVariant stored = m_store->value(shortcutKey(action));
    if (!stored.isValid()) {
        return defaults;
    }
    QStringList sequences = stored.toStringList();
    sequences.removeAll(QString());
    return sequences;
}

void Settings::setShortcuts(const QString& action, const QStringList& sequences,
                            const QStringList& defaults) {
    if (shortcuts(action, defaults) == sequences) {
        return;
    }
    if (sequences == defaults) {
        m_store->remove(shortcutKey(action));
    } else {
        // An empty list would read back as nothing stored; one empty text means "no shortcut".
        m_store->setValue(shortcutKey(action),
                          sequences.isEmpty() ? QStringList{QString()} : sequences);
    }
    Q_EMIT shortcutsChanged(action);
}

void Settings::resetShortcuts() {
    m_store->remove(QLatin1String(setting::shortcutGroup));
    Q_EMIT shortcutsChanged(QString());
}

bool Settings::sync() {
    m_store->sync();
    return m_store->status() == QSettings::NoError;
}

QString Settings::fileName() const {
    return m_store->fileName();
}

namespace detail {

std::optional<bool> parseBool(const QVariant& stored) {
    const QString text = stored.toString();
    if (text == QLatin1String("true") || text == QLatin1String("1")) {
        return true;
    }
    if (text == QLatin1String("false") || text == QLatin1String("0")) {
        return false;
    }
    return std::nullopt;
}

std::optional<int> parseInt(const QVariant& stored) {
    bool ok = false;
    const int number = stored.toString().toInt(&ok);
    return ok ? std::optional(number) : std::nullopt;
}

std::optional<double> parseDouble(const QVariant& stored) {
    bool ok = false;
    const double number = stored.toString().toDouble(&ok);
    return ok ? std::optional(number) : std::nullopt;
}

} // namespace detail

} // namespace linnet::services
