#include "services/local_rhyme_order.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "continuation/word_fit.h"
#include "verse/script/opencc_converter.h"
#include "verse/verse_data.h"

namespace linnet::services {

using engine::Error;
using engine::Generator;
using engine::Result;

// What a place asks for.
struct LocalRhymeOrder::Model {
    std::filesystem::path folder;
    std::optional<verse::Language> verse; // nothing: prose
};

// Used on the worker thread only.
struct LocalRhymeOrder::Desk {
    std::unique_ptr<engine::Engine> engine;
    std::shared_ptr<const verse::VerseData> data;
    std::optional<verse::Language> language;          // of the model
    std::unique_ptr<continuation::WordFitter> fitter; // null: not made yet for the model
};

namespace {

// Nothing when the stop came or the model failed.
std::optional<RhymeReport> orderedBy(const continuation::WordFitter& fitter, Generator& model,
                                     const RhymeQuery& query, const RhymeReport& report,
                                     const std::stop_token& stop) {
    const std::string before = query.before.toStdString();
    const std::string after = query.after.toStdString();
    const continuation::FitPlace place{before, after, query.form.toStdString()};
    RhymeReport result = report;
    result.fitted = true;
    for (RhymeSet& set : result.sets) {
        std::vector<std::string> words;
        for (const QString& word : std::as_const(set.words)) {
            words.push_back(word.toStdString());
        }
        const auto ranked = fitter.rank(model, place, words, stop);
        if (!ranked || ranked->size() != words.size()) {
            return std::nullopt;
        }
        QStringList ordered;
        for (const continuation::WordFit& fit : *ranked) {
            ordered.append(set.words.at(static_cast<qsizetype>(fit.word)));
        }
        set.words = ordered;
    }
    return result;
}

} // namespace

LocalRhymeOrder::LocalRhymeOrder()
    : m_desk(std::make_shared<Desk>()) {
    m_idle.setSingleShot(true);
    connect(&m_idle, &QTimer::timeout, this, [this] {
        m_loaded.clear();
        m_worker.unload();
    });
}

LocalRhymeOrder::~LocalRhymeOrder() = default;

void LocalRhymeOrder::setOptions(RhymeOrderOptions options) {
    cancel();
    m_options = std::move(options);
    if (!m_loaded.empty()) {
        m_loaded.clear();
        m_worker.unload();
    }
}

LocalRhymeOrder::Model LocalRhymeOrder::modelFor(const RhymeQuery& query,
                                                 const RhymeReport& report) const {
    const bool chinese = report.language == VerseLanguage::Chinese;
    const auto language = chinese ? verse::Language::Chinese : verse::Language::English;
    const auto found = m_options.verseModels.find(language);
    const Model ofVerse{
        found == m_options.verseModels.end() ? std::filesystem::path() : found->second, language};
    const bool prose =
        !chinese && !m_options.proseModel.empty() && (!query.verse || ofVerse.folder.empty());
    return prose ? Model{m_options.proseModel, std::nullopt} : ofVerse;
}

void LocalRhymeOrder::load(const Model& model, std::shared_ptr<const verse::VerseData> data) {
    m_loaded = model.folder;
    m_worker.load(
        [desk = m_desk, model, data = std::move(data), options = m_options.load,
         open = m_options.openEngine](std::stop_token stop) -> Result<std::unique_ptr<Generator>> {
            desk->fitter.reset(); // it refers to the tokenizer of the model before
            desk->data = data;
            desk->language = model.verse;
            if (!desk->engine) {
                auto opened = open();
                if (!opened) {
                    return opened.error();
                }
                desk->engine = std::move(opened).value();
            }
            return desk->engine->load(model.folder, options, std::move(stop));
        },
        [this, folder = model.folder](const engine::ModelInfo*, const Error* error) {
            if (error != nullptr) { // the next order tries again
                QMetaObject::invokeMethod(
                    this,
                    [this, folder] {
                        if (m_loaded == folder) {
                            m_loaded.clear();
                        }
                    },
                    Qt::QueuedConnection);
            }
        });
}

void LocalRhymeOrder::order(quint64 id, const RhymeQuery& query, const RhymeReport& report,
                            std::shared_ptr<const verse::VerseData> data) {
    cancel();
    const Model model = modelFor(query, report);
    if (model.folder.empty() || report.sets.isEmpty()) {
        return;
    }
    if (m_loaded != model.folder) {
        load(model, std::move(data));
    }
    m_waitingFor = id;
    m_worker.submit(
        [this, id, desk = m_desk, query, report](Generator& generator,
                                                 const std::stop_token& stop) {
            if (!desk->fitter) {
                const engine::Tokenizer& tokenizer = generator.tokenizer();
                desk->fitter =
                    desk->language
                        ? continuation::makeVerseFitter(*desk->language, *desk->data, tokenizer,
                                                        verse::makeOpenccConverter())
                        : continuation::makeProseFitter(tokenizer);
            }
            if (const auto result = orderedBy(*desk->fitter, generator, query, report, stop)) {
                QMetaObject::invokeMethod(
                    this, [this, id, result] { take(id, *result); }, Qt::QueuedConnection);
            }
        },
        {});
    if (m_options.idleUnload.count() > 0) {
        m_idle.start(m_options.idleUnload);
    }
}

void LocalRhymeOrder::take(quint64 id, const RhymeReport& report) {
    if (id == m_waitingFor) {
        m_waitingFor = 0;
        Q_EMIT ordered(id, report);
    }
}

void LocalRhymeOrder::cancel() {
    m_waitingFor = 0;
    m_worker.cancelAll();
}

} // namespace linnet::services
