#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>

#include <QObject>
#include <QTimer>

#include "engine/api/engine_library.h"
#include "engine/api/worker.h"
#include "services/verse_source.h"
#include "verse/form.h"

namespace linnet::verse {
struct VerseData;
}

namespace linnet::services {

struct RhymeOrderOptions {
    std::map<verse::Language, std::filesystem::path> verseModels; // folders
    std::filesystem::path proseModel;                             // for English prose
    engine::LoadOptions load;
    std::chrono::milliseconds idleUnload = std::chrono::minutes(10); // zero: never

    // Opens the engine's shared library, on the worker thread.
    std::function<engine::Result<std::unique_ptr<engine::Engine>>()> openEngine = [] {
        return engine::openEngine();
    };
};

// Orders rhymes by how well a model on this machine expects them where they are to stand. Lives on
// the GUI thread; the one model that is loaded, when it is first needed, has a thread of its own.
class LocalRhymeOrder : public QObject {
    Q_OBJECT
public:
    LocalRhymeOrder();
    ~LocalRhymeOrder() override; // waits for at most one step of the model

    // Other models, from the next order on.
    void setOptions(RhymeOrderOptions options);

    // Supersedes what was asked before. Without a model for the place, and when it fails, ordered()
    // does not come: the rhymes stay as they are.
    void order(quint64 id, const RhymeQuery& query, const RhymeReport& report,
               std::shared_ptr<const verse::VerseData> data);
    void cancel();

Q_SIGNALS:
    void ordered(quint64 id, const linnet::services::RhymeReport& report);

private:
    struct Model;
    struct Desk;

    Model modelFor(const RhymeQuery& query, const RhymeReport& report) const;
    void load(const Model& model, std::shared_ptr<const verse::VerseData> data);
    void take(quint64 id, const RhymeReport& report);

    RhymeOrderOptions m_options;
    std::filesystem::path m_loaded; // empty: none
    quint64 m_waitingFor = 0;
    QTimer m_idle;
    const std::shared_ptr<Desk> m_desk;
    engine::Worker m_worker; // last: its thread uses the rest
};

} // namespace linnet::services
