#include "services/token_keeper.h"

#include <algorithm>
#include <utility>

namespace linnet::services {

namespace {

bool isSettled(TokenState state) {
    return state != TokenState::Unknown && state != TokenState::Asking;
}

} // namespace

TokenKeeper::TokenKeeper(SecretStore& store, QObject* parent)
    : QObject(parent)
    , m_store(store) {
}

TokenState TokenKeeper::state(const QString& key) const {
    const auto found = m_entries.constFind(key);
    return found == m_entries.constEnd() ? TokenState::Unknown : found->state;
}

QString TokenKeeper::problem(const QString& key) const {
    const auto found = m_entries.constFind(key);
    return found == m_entries.constEnd() ? QString() : found->problem;
}

void TokenKeeper::whenKnown(const QString& key, QObject* context, Then then) {
    Entry& entry = m_entries[key];
    if (isSettled(entry.state)) {
        const TokenState state = entry.state;
        const QString token = entry.token;
        then(state, token);
        return;
    }
    entry.waiting.push_back({context, std::move(then)});
    if (entry.state == TokenState::Unknown) {
        ask(key);
    }
}

void TokenKeeper::askAgain(const QString& key) {
    const TokenState now = state(key);
    if (now == TokenState::MemoryOnly) {
        keep(key);
    } else if (now == TokenState::Unknown || now == TokenState::Locked ||
               now == TokenState::Unavailable) {
        ask(key);
    }
}

void TokenKeeper::ask(const QString& key) {
    Entry& entry = m_entries[key];
    entry.state = TokenState::Asking;
    const quint64 version = ++entry.version;
    Q_EMIT changed(key);
    m_store.read(key, [this, key, version](const SecretAnswer& answer) {
        Entry& now = m_entries[key];
        if (now.version != version) {
            return;
        }
        switch (answer.outcome) {
        case SecretOutcome::Done:
            // One that another program put there and that cannot be sent is as good as none.
            now.token = isUsable(answer.secret) ? answer.secret : QString();
            settle(key, now.token.isEmpty() ? TokenState::None : TokenState::Kept, QString());
            break;
        case SecretOutcome::NotFound:
            settle(key, TokenState::None, QString());
            break;
        case SecretOutcome::Refused:
            settle(key, TokenState::Locked, answer.detail);
            break;
        case SecretOutcome::Unavailable:
            settle(key, TokenState::Unavailable, answer.detail);
            break;
        }
    });
}

bool TokenKeeper::isUsable(const QString& token) {
    return !token.isEmpty() && token.size() <= 8192 &&
           std::all_of(token.begin(), token.end(),
                       [](QChar c) { return c.unicode() > 0x20 && c.unicode() < 0x7f; });
}

bool TokenKeeper::set(const QString& key, const QString& token) {
    if (!isUsable(token)) {
        return false;
    }
    m_entries[key].token = token;
    keep(key);
    return true;
}

void TokenKeeper::keep(const QString& key) {
    Entry& entry = m_entries[key];
    const quint64 version = ++entry.version;
    settle(key, TokenState::Saving, QString());
    m_store.write(key, m_entries[key].token, [this, key, version](const SecretAnswer& answer) {
        if (m_entries[key].version == version) {
            const bool kept = answer.outcome == SecretOutcome::Done;
            settle(key, kept ? TokenState::Kept : TokenState::MemoryOnly,
                   kept ? QString() : answer.detail);
        }
    });
}

void TokenKeeper::forget(const QString& key) {
    Entry& entry = m_entries[key];
    ++entry.version;
    entry.token.clear();
    settle(key, TokenState::None, QString());
    m_store.remove(key, [](const SecretAnswer&) {});
}

void TokenKeeper::settle(const QString& key, TokenState state, const QString& problem) {
    Entry& entry = m_entries[key];
    entry.state = state;
    entry.problem = problem;
    // Those who are told may ask again, or for other keys.
    const QString token = entry.token;
    const std::vector<Waiting> waiting = std::exchange(entry.waiting, {});
    for (const Waiting& one : waiting) {
        if (one.context) {
            one.then(state, token);
        }
    }
    Q_EMIT changed(key);
}

} // namespace linnet::services
