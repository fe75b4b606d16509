#include "poem_desk.h"

#include <cmath>
#include <utility>

#include "verse/open_composer.h"
#include "verse/script/opencc_converter.h"

namespace linnet::cli {

using engine::Result;
using nlohmann::json;

Result<verse::Language> PoemDesk::languageOf(const std::string& form) {
    const auto data = m_context.verse();
    if (!data) {
        return data.error();
    }
    const auto found = (*data)->forms.find(form);
    return found ? (*found)->language : verse::Language::English;
}

Result<const VerseModel*> PoemDesk::modelFor(verse::Language language) {
    if (const auto known = m_models.find(language); known != m_models.end()) {
        return &known->second;
    }
    const auto data = m_context.verse();
    if (!data) {
        return data.error();
    }
    const std::string name =
        m_model.empty() ? std::string(verse::verseModelName(language)) : m_model;
    const auto folder = m_context.findModel(name);
    if (!folder) {
        return folder.error();
    }
    auto model = m_context.loadModel(name);
    if (!model) {
        return model.error();
    }
    if (!m_converter) {
        m_converter = verse::makeOpenccConverter();
    }
    auto composer =
        verse::openComposer(language, **data, (*model)->tokenizer(), *folder, m_converter);
    if (!composer) {
        return composer.error();
    }
    if (!m_analyzer) {
        m_analyzer = std::make_unique<verse::Analyzer>(**data);
    }
    VerseModel loaded{std::move(model).value(), std::move(composer).value()};
    return &m_models.emplace(language, std::move(loaded)).first->second;
}

Result<verse::CheckedComposition>
PoemDesk::compose(const verse::PoemRequest& request,
                  const std::function<void(const verse::PoemLine&)>& line) {
    const auto language = languageOf(request.form);
    if (!language) {
        return language.error();
    }
    const auto model = modelFor(*language);
    if (!model) {
        return model.error();
    }
    verse::PoemSink sink;
    sink.line = [&](int, int, const verse::PoemLine& written) {
        if (line) {
            line(written);
        }
        return engine::Flow::Continue;
    };
    const auto data = m_context.verse();
    return verse::composeChecked(*(*model)->composer, *(*model)->model, **data, *m_analyzer,
                                 request, sink, {});
}

json toJson(const CheckedPoem& checked) {
    json lines = json::array();
    json known = json::array();
    for (const verse::PoemLine& line : checked.poem.lines) {
        lines.push_back(line.text);
        if (line.fromCorpus) {
            known.push_back(lines.size());
        }
    }
    json faults = json::array();
    for (const verse::Fault& fault : checked.analysis.faults) {
        faults.push_back({{"line", fault.line},
                          {"position", fault.position},
                          {"kind", verse::toString(fault.kind)},
                          {"message", fault.message}});
    }
    json object{{"form", checked.poem.form},   {"title", checked.poem.title},
                {"lines", std::move(lines)},   {"ok", checked.analysis.ok()},
                {"faults", std::move(faults)}, {"from_corpus", std::move(known)},
                {"seed", checked.poem.seed},   {"ms", std::round(checked.milliseconds * 10) / 10}};
    if (!checked.notes.empty()) {
        object["notes"] = checked.notes;
    }
    return object;
}

} // namespace linnet::cli
