#include "services/spell_checker.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLocale>
#include <QSaveFile>

#include "services/spell_words.h"

namespace linnet::services {

namespace {

constexpr qsizetype mostVerdicts = 50000;

const DictionaryFiles* named(const std::vector<DictionaryFiles>& all, const QString& name) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

QStringList readWords(const QString& path) {
    QFile file(path);
    QStringList words;
    if (file.open(QIODevice::ReadOnly)) {
        for (const QString& line : QString::fromUtf8(file.readAll()).split(u'\n')) {
            if (!line.trimmed().isEmpty()) {
                words << line.trimmed();
            }
        }
    }
    return words;
}

} // namespace

SpellChecker::SpellChecker(std::vector<DictionaryFiles> dictionaries, QString personalFile,
                           QObject* parent)
    : QObject(parent)
    , m_dictionaries(std::move(dictionaries))
    , m_personalFile(std::move(personalFile)) {
    m_soon.setSingleShot(true);
    m_soon.setInterval(0);
    connect(&m_soon, &QTimer::timeout, this, &SpellChecker::askForWanted);
    setDictionary(QString());
}

SpellChecker::~SpellChecker() {
    if (m_thread.joinable()) {
        m_thread.request_stop();
        m_thread.join();
    }
}

QStringList SpellChecker::dictionaries() const {
    QStringList names;
    for (const DictionaryFiles& one : m_dictionaries) {
        names << one.name;
    }
    return names;
}

void SpellChecker::setDictionary(const QString& name) {
    if (m_dictionaries.empty()) {
        return;
    }
    const DictionaryFiles* chosen = nullptr;
    for (const QString& wanted :
         {name, QLocale::system().name(), QStringLiteral("en_US"), QStringLiteral("en_GB")}) {
        chosen = chosen == nullptr ? named(m_dictionaries, wanted) : chosen;
    }
    chosen = chosen == nullptr ? &m_dictionaries.front() : chosen;
    if (chosen->name == m_chosen.name) {
        return;
    }
    m_chosen = *chosen;
    if (m_begun) {
        m_begun = false;
        forgetVerdicts();
        Q_EMIT verdictsChanged();
    }
}

void SpellChecker::forgetVerdicts() {
    ++m_generation;
    m_verdicts.clear();
    m_asked.clear();
    m_wanted.clear();
}

void SpellChecker::begin() {
    if (!std::exchange(m_begun, true)) {
        post([this, files = m_chosen] { load(files); });
    }
}

std::optional<bool> SpellChecker::isCorrect(const QString& word) {
    const QString form = spellForm(word);
    if (m_ignored.contains(form)) {
        return true;
    }
    if (const auto known = m_verdicts.constFind(form); known != m_verdicts.constEnd()) {
        return *known;
    }
    if (isAvailable() && !m_asked.contains(form)) {
        m_asked.insert(form);
        m_wanted << form;
        if (!m_soon.isActive()) {
            m_soon.start(); // the rest of the page is asked for in the same breath
        }
    }
    return std::nullopt;
}

void SpellChecker::askForWanted() {
    begin();
    post([this, words = std::exchange(m_wanted, {}), generation = m_generation] {
        QHash<QString, bool> verdicts;
        for (const QString& word : words) {
            verdicts.insert(word, m_dictionary == nullptr || m_dictionary->knows(word));
        }
        onOwnThread([this, verdicts, generation] {
            if (generation != m_generation) {
                return;
            }
            if (m_verdicts.size() > mostVerdicts) {
                m_verdicts.clear();
                m_asked.clear();
            }
            m_verdicts.insert(verdicts);
            Q_EMIT verdictsChanged();
        });
    });
}

void SpellChecker::askForSuggestions(const QString& word) {
    begin();
    post([this, word] {
        const QStringList found =
            m_dictionary ? m_dictionary->suggestions(spellForm(word)) : QStringList();
        onOwnThread([this, word, found] { Q_EMIT suggestionsReady(word, found); });
    });
}

void SpellChecker::add(const QString& word) {
    const QString form = spellForm(word);
    m_personal.insert(form);
    begin();
    post([this, form] {
        if (!m_personalWords.contains(form)) {
            m_personalWords << form;
            writePersonal();
        }
        if (m_dictionary) {
            m_dictionary->add(form);
        }
    });
    forgetVerdicts();
    Q_EMIT verdictsChanged();
}

void SpellChecker::remove(const QString& word) {
    const QString form = spellForm(word);
    if (!m_personal.remove(form)) {
        return;
    }
    post([this, form] {
        m_personalWords.removeAll(form);
        writePersonal();
        if (m_dictionary) {
            m_dictionary->remove(form);
        }
    });
    forgetVerdicts();
    Q_EMIT verdictsChanged();
}

bool SpellChecker::isPersonal(const QString& word) const {
    return m_personal.contains(spellForm(word));
}

void SpellChecker::ignore(const QString& word) {
    m_ignored.insert(spellForm(word));
    Q_EMIT verdictsChanged();
}

void SpellChecker::post(Task task) {
    {
        const std::lock_guard lock(m_mutex);
        m_tasks.push_back(std::move(task));
        m_wake.notify_one();
    }
    if (!m_thread.joinable()) {
        m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
}

void SpellChecker::onOwnThread(std::function<void()> function) {
    QMetaObject::invokeMethod(this, std::move(function), Qt::QueuedConnection);
}

void SpellChecker::run(const std::stop_token& stop) {
    for (;;) {
        Task task;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, stop, [this] { return !m_tasks.empty(); });
            if (m_tasks.empty()) {
                return; // asked to stop, and what was added is written
            }
            task = std::move(m_tasks.front());
            m_tasks.pop_front();
        }
        try {
            task();
        } catch (const std::exception& problem) {
            const QString message = QString::fromUtf8(problem.what());
            onOwnThread([this, message] { Q_EMIT failed(message); });
        }
    }
}

void SpellChecker::load(const DictionaryFiles& files) {
    m_dictionary = nullptr;
    auto loaded = SpellDictionary::load(files);
    if (!loaded) {
        const QString message = QString::fromStdString(loaded.error().message);
        onOwnThread([this, message] { Q_EMIT failed(message); });
        return;
    }
    m_dictionary = std::move(*loaded);
    for (const QString& word : readWords(m_personalFile)) {
        if (!m_personalWords.contains(word)) {
            m_personalWords << word;
        }
    }
    for (const QString& word : std::as_const(m_personalWords)) {
        m_dictionary->add(word);
    }
    const QSet<QString> words(m_personalWords.begin(), m_personalWords.end());
    onOwnThread([this, words] { m_personal.unite(words); });
}

void SpellChecker::writePersonal() {
    QDir().mkpath(QFileInfo(m_personalFile).absolutePath());
    QSaveFile file(m_personalFile);
    file.setDirectWriteFallback(false);
    const QByteArray bytes = (m_personalWords.join(u'\n') + u'\n').toUtf8();
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        const QString message =
            tr("The word could not be written to %1: %2.")
                .arg(QDir::toNativeSeparators(m_personalFile), file.errorString());
        onOwnThread([this, message] { Q_EMIT failed(message); });
    }
}

} // namespace linnet::services
