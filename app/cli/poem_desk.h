#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "context.h"
#include "verse/analyzer.h"
#include "verse/checked_poem.h"
#include "verse/composer.h"
#include "verse/script_converter.h"

namespace linnet::cli {

using verse::CheckedPoem;

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
    engine::Result<verse::CheckedComposition>
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

} // namespace linnet::cli
