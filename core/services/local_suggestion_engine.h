#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <QString>

#include "continuation/verse_continuation.h"
#include "engine/api/worker.h"
#include "services/local_suggestion_options.h"
#include "services/suggestion_mailbox.h"

namespace linnet::services {

struct SuggestionJob {
    quint64 id = 0;
    std::string before; // UTF-8
    std::string after;
    suggest::SuggestOptions options;
    continuation::VerseMode verse;
};

// The threads behind LocalSuggestionSource: the engine's worker with the network, and one that
// loads the counted words, learns documents, and answers as long as there is no network. Answers
// go to the mailbox. All functions return at once; any one thread.
class LocalSuggestionEngine {
public:
    LocalSuggestionEngine(const LocalSuggestionOptions& options, SuggestionMailbox& mailbox);
    ~LocalSuggestionEngine(); // waits for at most one step of the network
    LocalSuggestionEngine(const LocalSuggestionEngine&) = delete;
    LocalSuggestionEngine& operator=(const LocalSuggestionEngine&) = delete;

    // Loads the counted words of `folder`, in place of those before.
    void loadWords(const std::filesystem::path& folder);
    // Opens the engine's library when it is not open yet and loads the network; a NetworkEvent
    // with `load` follows.
    void loadNetwork(quint64 load, const std::filesystem::path& folder,
                     const engine::LoadOptions& options);
    void unloadNetwork();

    // `path`: the document's, when what is learned from it is to be kept and what others in its
    // folder have taught is to be used; else empty.
    void setDocument(const QString& text, const QString& path);
    void remember(const QString& path, const QString& text);

    // Models of verse in place of those before, loaded when verse first asks for them; answers in
    // verse come with the network only.
    using VerseModels = std::map<verse::Language, std::filesystem::path>;
    void setVerse(const VerseModels& models, const engine::LoadOptions& load);

    // Both replace and stop the job before. With the network: the job fails to words alone when
    // the network fails.
    void submitToWords(SuggestionJob job);
    void submitToNetwork(SuggestionJob job);
    void cancel();

private:
    // Used by both threads, so it outlives whichever ends last.
    struct Shared {
        std::mutex mutex; // of the computer, for as long as it computes
        std::shared_ptr<SuggestionComputer> computer;
        std::shared_ptr<engine::Engine> engine;                 // the worker's thread only
        std::unique_ptr<verse::VerseData> verseData;            // opened when verse is first met
        std::unique_ptr<continuation::VerseContinuation> verse; // null: none
    };
    struct LearnedText {
        QString path;
        QString text;
    };
    struct WordSlots {
        std::optional<std::filesystem::path> folder;
        std::optional<continuation::VerseContinuation::Options> verse;
        std::optional<LearnedText> document;
        std::vector<LearnedText> saved;
        std::optional<SuggestionJob> job;
        std::stop_source stop; // of `job`

        bool empty() const { return !folder && !verse && !document && !job && saved.empty(); }
    };

    void runWords(const std::stop_token& stop);
    void serveWords(WordSlots& work);
    void serveDocument(const LearnedText& document);
    void keep(const LearnedText& document);
    void dropWordJob();

    static void prepare(Shared& shared, engine::Generator& network, const std::stop_token& stop);
    static bool answerInVerse(Shared& shared, SuggestionMailbox& mailbox,
                              engine::Generator& network, const SuggestionJob& job,
                              const std::stop_token& stop);
    static void answer(Shared& shared, SuggestionMailbox& mailbox, engine::Generator* network,
                       const SuggestionJob& job, const std::stop_token& stop);

    const LocalSuggestionOptions m_options;
    SuggestionMailbox& m_mailbox;
    const std::shared_ptr<Shared> m_shared = std::make_shared<Shared>();

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    WordSlots m_slots;            // what is waiting
    std::stop_source m_wordsStop; // of the job that the words' thread runs

    engine::Worker m_worker;
    std::jthread m_words; // last: starts when all else is ready
};

} // namespace linnet::services
