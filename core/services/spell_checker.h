#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include <QHash>
#include <QObject>
#include <QSet>
#include <QStringList>
#include <QTimer>

#include "services/spell_dictionary.h"

namespace linnet::services {

// Whether words are spelt as the dictionary says. Lives on the GUI thread and never makes it wait:
// the dictionary is loaded and asked on a thread of its own, answers are remembered. Words that
// the writer adds are kept, one a line, in `personalFile`.
class SpellChecker : public QObject {
    Q_OBJECT
public:
    SpellChecker(std::vector<DictionaryFiles> dictionaries, QString personalFile,
                 QObject* parent = nullptr);
    ~SpellChecker() override; // writes what was added

    bool isAvailable() const { return !m_dictionaries.empty(); }
    QStringList dictionaries() const; // names
    // The one called `name`; else that of the system's language, else American English.
    void setDictionary(const QString& name);

    // Nothing: not known yet, and verdictsChanged() will tell. The dictionary is loaded with the
    // first question.
    std::optional<bool> isCorrect(const QString& word);

    // suggestionsReady() follows.
    void askForSuggestions(const QString& word);

    void add(const QString& word);
    void remove(const QString& word); // of those that were added
    bool isPersonal(const QString& word) const;
    void ignore(const QString& word); // until the program ends

Q_SIGNALS:
    void verdictsChanged();
    void suggestionsReady(const QString& word, const QStringList& suggestions);
    // The dictionary or the writer's words cannot be read or written; a sentence.
    void failed(const QString& message);

private:
    using Task = std::function<void()>;
    void post(Task task);
    void onOwnThread(std::function<void()> function);
    void run(const std::stop_token& stop);
    void load(const DictionaryFiles& files); // these run on the thread
    void writePersonal();

    void begin();
    void askForWanted();
    void forgetVerdicts();

    const std::vector<DictionaryFiles> m_dictionaries;
    const QString m_personalFile;
    DictionaryFiles m_chosen;
    bool m_begun = false;
    quint64 m_generation = 0; // of the verdicts; older answers do not count
    QHash<QString, bool> m_verdicts;
    QSet<QString> m_asked;
    QStringList m_wanted;
    QSet<QString> m_ignored;
    QSet<QString> m_personal;
    QTimer m_soon;

    std::unique_ptr<SpellDictionary> m_dictionary; // the thread's, as is:
    QStringList m_personalWords;

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<Task> m_tasks;
    std::jthread m_thread;
};

} // namespace linnet::services
