#pragma once

// The templates of Settings; included by settings.h.

#include <algorithm>
#include <cmath>
#include <cstring>

#include "services/settings.h"

namespace linnet::services {

namespace detail {

// The value that an INI file's `stored` means, if it means one.
std::optional<bool> parseBool(const QVariant& stored);
std::optional<int> parseInt(const QVariant& stored);
std::optional<double> parseDouble(const QVariant& stored);

template <typename T>
std::optional<T> parse(const QVariant& stored) {
    if constexpr (std::is_same_v<T, bool>) {
        return parseBool(stored);
    } else if constexpr (std::is_same_v<T, int>) {
        return parseInt(stored);
    } else if constexpr (std::is_same_v<T, double>) {
        return parseDouble(stored);
    } else if constexpr (std::is_same_v<T, QString>) {
        // A list here is text with a comma that someone wrote by hand without quotes.
        return stored.metaType().id() == QMetaType::QStringList
                   ? stored.toStringList().join(QStringLiteral(", "))
                   : stored.toString();
    } else if constexpr (std::is_same_v<T, QStringList>) {
        QStringList list = stored.toStringList();
        list.removeAll(QString());
        return list;
    } else {
        static_assert(std::is_same_v<T, QByteArray>);
        return stored.toByteArray();
    }
}

} // namespace detail

template <typename T>
bool isValid(const Setting<T>& setting, const T& value) {
    if constexpr (std::is_same_v<T, QString>) {
        return setting.choices[0] == nullptr ||
               std::any_of(setting.choices.begin(), setting.choices.end(), [&](const char* choice) {
                   return choice != nullptr && value == QString::fromUtf8(choice);
               });
    } else if constexpr (std::is_arithmetic_v<T>) {
        if constexpr (std::is_same_v<T, double>) {
            if (!std::isfinite(value)) {
                return false;
            }
        }
        return (!setting.minimum || value >= *setting.minimum) &&
               (!setting.maximum || value <= *setting.maximum);
    } else {
        return true;
    }
}

template <typename T>
T Settings::value(const Setting<T>& setting) const {
    const QString key = QString::fromLatin1(setting.key);
    const QVariant stored = m_store->value(key);
    if (!stored.isValid()) {
        return setting.defaultValue();
    }
    const std::optional<T> parsed = detail::parse<T>(stored);
    if (!parsed) {
        note(key, QStringLiteral("has a value of another kind; the default is used"));
        return setting.defaultValue();
    }
    if (!isValid(setting, *parsed)) {
        note(key, QStringLiteral("has a value out of range; the default is used"));
        return setting.defaultValue();
    }
    return *parsed;
}

template <typename T>
bool Settings::set(const Setting<T>& setting, const T& value) {
    if (!isValid(setting, value)) {
        note(QString::fromLatin1(setting.key), QStringLiteral("was not set: value out of range"));
        return false;
    }
    if (this->value(setting) == value) {
        return true;
    }
    return store(setting.key, QVariant::fromValue(value), value == setting.defaultValue());
}

template <typename T, typename Function>
void Settings::observe(const Setting<T>& setting, QObject* context, Function function) {
    connect(this, &Settings::changed, context, [this, setting, function](const QString& key) {
        if (key == QLatin1String(setting.key)) {
            function(value(setting));
        }
    });
    function(value(setting));
}

} // namespace linnet::services
