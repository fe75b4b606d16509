#pragma once

#include <functional>
#include <utility>
#include <vector>

#include <QHash>
#include <QTimer>

#include "services/secret_store.h"

namespace linnet::tests {

// A keychain in memory that answers later, or when the test says so, or not as one would like.
class FakeSecretStore : public services::SecretStore {
public:
    using Outcome = services::SecretOutcome;

    void read(const QString& key, Reply reply) override {
        ++reads;
        answer(std::move(reply), [this, key]() -> services::SecretAnswer {
            if (trouble != Outcome::Done) {
                return {trouble, QString(), detail};
            }
            return secrets.contains(key)
                       ? services::SecretAnswer{Outcome::Done, secrets.value(key), QString()}
                       : services::SecretAnswer{Outcome::NotFound, QString(), QString()};
        });
    }
    void write(const QString& key, const QString& secret, Reply reply) override {
        ++writes;
        answer(std::move(reply), [this, key, secret]() -> services::SecretAnswer {
            if (trouble != Outcome::Done) {
                return {trouble, QString(), detail};
            }
            secrets.insert(key, secret);
            return {Outcome::Done, QString(), QString()};
        });
    }
    void remove(const QString& key, Reply reply) override {
        answer(std::move(reply), [this, key]() -> services::SecretAnswer {
            secrets.remove(key);
            return {Outcome::Done, QString(), QString()};
        });
    }

    // Answers what was asked while `holds`.
    void release() {
        for (const auto& one : std::exchange(m_held, {})) {
            one();
        }
    }

    QHash<QString, QString> secrets;
    Outcome trouble = Outcome::Done;
    QString detail = QStringLiteral("the keychain says no");
    bool holds = false;
    int reads = 0;
    int writes = 0;

private:
    void answer(Reply reply, std::function<services::SecretAnswer()> what) {
        std::function<void()> run = [reply = std::move(reply), what = std::move(what)] {
            reply(what());
        };
        if (holds) {
            m_held.push_back(std::move(run));
        } else {
            QTimer::singleShot(0, &m_context, run);
        }
    }

    std::vector<std::function<void()>> m_held;
    QObject m_context;
};

} // namespace linnet::tests
