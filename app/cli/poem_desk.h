#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "context.h"
#include "verse/analyzer.h"
#include "verse/composer.h"
#include "verse/script_converter.h"

namespace linnet::cli {

// A poem with what the analyzer and the clock say about it.
struct CheckedPoem {
    verse::Poem poem;
    verse::Analysis analysis;
    double milliseconds = 0;      // since the version was begun
    double firstMilliseconds = 0; // of these until its first line was there
};

// Why a request was refused, or the poems, best first.
struct PoemAnswer {
    std::vector<CheckedPoem> poems;
    std::optional<verse::Refusal> refusal;
};

// A model of verse, loaded.
struct VerseModel {
    std::unique_ptr<engine::Generator> model;
    std::unique_ptr<verse::Composer> composer;
};

// The models of verse, each loaded when the first poem in its language is asked for, with the
// analyzer that checks what they write.
class PoemDesk {
public:
    // `model`: the name or folder of the model to use; empty: the language's own.
    PoemDesk(Context& context, std::string model)
        : m_context(context)
        , m_model(std::move(model)) {}

    // Errors: of the models. `line` is called for each line as it becomes final.
    engine::Result<PoemAnswer>
    compose(const verse::PoemRequest& request,
            const std::function<void(const verse::PoemLine&)>& line = {});
    engine::Result<const VerseModel*> modelFor(verse::Language language);
    // The language of a form; English for an unknown one, which the composer refuses.
    engine::Result<verse::Language> languageOf(const std::string& form);

private:
    Context& m_context;
    std::string m_model;
    std::shared_ptr<const verse::ScriptConverter> m_converter;
    std::unique_ptr<verse::Analyzer> m_analyzer;
    std::map<verse::Language, VerseModel> m_models;
};

// The answer of design and documentation: form, title, lines, ok, faults, from_corpus, seed, ms.
nlohmann::json toJson(const CheckedPoem& poem);

// A refusal as an error: wrong usage if the request names what does not exist, else a failure.
engine::Error toError(const verse::Refusal& refusal);

// The lines with blank lines between stanzas.
std::string textOf(const verse::Poem& poem);

} // namespace linnet::cli
