#include "poem_desk.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "verse/open_composer.h"
#include "verse/script/opencc_converter.h"

namespace linnet::cli {

using engine::Error;
using engine::ErrorCode;
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

Result<PoemAnswer> PoemDesk::compose(const verse::PoemRequest& request,
                                     const std::function<void(const verse::PoemLine&)>& line) {
    const auto language = languageOf(request.form);
    if (!language) {
        return language.error();
    }
    const auto model = modelFor(*language);
    if (!model) {
        return model.error();
    }
    // Of each version, by its seed: when it began, its first line, its end.
    std::map<std::uint64_t, std::pair<double, double>> times;
    const Stopwatch watch;
    double begun = 0;
    double first = 0;
    verse::PoemSink sink;
    sink.line = [&](int, int number, const verse::PoemLine& written) {
        first = number == 0 ? watch.milliseconds() - begun : first;
        if (line) {
            line(written);
        }
        return engine::Flow::Continue;
    };
    sink.poem = [&](int, const verse::Poem& poem) {
        const double now = watch.milliseconds();
        times[poem.seed] = {now - begun, first};
        begun = now;
        return engine::Flow::Continue;
    };
    auto made = (*model)->composer->compose(*(*model)->model, request, sink, {});
    if (!made) {
        return made.error();
    }
    PoemAnswer answer;
    answer.refusal = std::move(made->refusal);
    const auto data = m_context.verse();
    for (verse::Poem& poem : made->poems) {
        verse::AnalysisOptions how;
        how.acrostic = request.acrostic;
        how.variant = poem.variant;
        if (*language == verse::Language::Chinese) {
            how.script =
                request.traditional ? verse::Script::Traditional : verse::Script::Simplified;
        }
        CheckedPoem checked;
        std::tie(checked.milliseconds, checked.firstMilliseconds) = times[poem.seed];
        const auto form = (*data)->forms.find(poem.form);
        checked.analysis = m_analyzer->analyse(textOf(poem), **form, how);
        checked.poem = std::move(poem);
        answer.poems.push_back(std::move(checked));
    }
    return answer;
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
    return {{"form", checked.poem.form},   {"title", checked.poem.title},
            {"lines", std::move(lines)},   {"ok", checked.analysis.ok()},
            {"faults", std::move(faults)}, {"from_corpus", std::move(known)},
            {"seed", checked.poem.seed},   {"ms", std::round(checked.milliseconds * 10) / 10}};
}

Error toError(const verse::Refusal& refusal) {
    switch (refusal.kind) {
    case verse::RefusalKind::UnknownForm:
    case verse::RefusalKind::UnknownVariant:
    case verse::RefusalKind::UnknownStyle:
    case verse::RefusalKind::OutOfRange:
        return {ErrorCode::InvalidArgument, refusal.message};
    case verse::RefusalKind::FixedLine:
    case verse::RefusalKind::Acrostic:
    case verse::RefusalKind::Rhyme:
    case verse::RefusalKind::NoSolution:
        break;
    }
    return {ErrorCode::NotFound, refusal.message};
}

std::string textOf(const verse::Poem& poem) {
    std::string text;
    for (std::size_t i = 0; i < poem.lines.size(); ++i) {
        const bool stanza = std::find(poem.breaks.begin(), poem.breaks.end(),
                                      static_cast<int>(i)) != poem.breaks.end();
        text += (stanza ? "\n" : "") + poem.lines[i].text + "\n";
    }
    return text;
}

} // namespace linnet::cli
