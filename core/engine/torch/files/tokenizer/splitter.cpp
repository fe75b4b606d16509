#include "engine/torch/files/tokenizer/splitter.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "engine/api/utf8.h"
#include "engine/torch/files/tokenizer/split_pattern.h"

namespace linnet::engine {

namespace {

struct FreeCode {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatch {
    void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
};
using CodePointer = std::unique_ptr<pcre2_code, FreeCode>;
using MatchPointer = std::unique_ptr<pcre2_match_data, FreeMatch>;

Result<CodePointer> compile(const std::string& pattern) {
    const Result<std::string> translated = translateSplitPattern(pattern);
    if (!translated) {
        return translated.error();
    }
    int code = 0;
    PCRE2_SIZE offset = 0;
    CodePointer compiled(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated->data()),
                                       translated->size(), PCRE2_UTF | PCRE2_UCP, &code, &offset,
                                       nullptr));
    if (compiled == nullptr) {
        unsigned char message[160] = {};
        pcre2_get_error_message(code, message, sizeof message);
        return Error{ErrorCode::UnsupportedFormat,
                     "split pattern '" + pattern +
                         "' cannot be compiled: " + reinterpret_cast<const char*>(message)};
    }
    // Without a just-in-time compiler on this processor matching is slower, not different.
    (void)pcre2_jit_compile(compiled.get(), PCRE2_JIT_COMPLETE);
    return compiled;
}

} // namespace

struct Splitter::Step {
    SplitStep definition;
    CodePointer code; // of a pattern
};

// One call of split.
class Splitter::Run {
public:
    Run(const Splitter& splitter, std::deque<std::string>& storage, const Sink& sink)
        : m_steps(splitter.m_steps)
        , m_storage(storage)
        , m_sink(sink)
        , m_matches(m_steps.size()) {}

    void split(std::string_view text, std::size_t step) {
        if (text.empty()) {
            return;
        }
        if (step == m_steps.size()) {
            m_sink(text);
            return;
        }
        const SplitStep& definition = m_steps[step]->definition;
        switch (definition.kind) {
        case SplitStep::Kind::Pattern:
            forEachUtf8Part(
                text, [&](std::string_view part) { splitByPattern(part, step); },
                [&](std::string_view part) { split(part, step + 1); });
            break;
        case SplitStep::Kind::PrefixSpace:
            if (text.front() == ' ') {
                split(text, step + 1);
            } else {
                split(m_storage.emplace_back(" " + std::string(text)), step + 1);
            }
            break;
        case SplitStep::Kind::SplitBefore:
            splitBefore(text, step);
            break;
        }
    }

private:
    void splitByPattern(std::string_view text, std::size_t step) {
        const pcre2_code* const code = m_steps[step]->code.get();
        MatchPointer& match = m_matches[step];
        if (match == nullptr) {
            match.reset(pcre2_match_data_create_from_pattern(code, nullptr));
        }
        std::size_t done = 0; // all before it has been passed on
        std::size_t at = 0;
        while (at < text.size()) {
            // A pattern that runs out of its limits, which none in use does, matches nothing more.
            const int found =
                match == nullptr
                    ? PCRE2_ERROR_NOMEMORY
                    : pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), at,
                                  PCRE2_NO_UTF_CHECK, match.get(), nullptr);
            if (found < 0) {
                break;
            }
            const PCRE2_SIZE* const span = pcre2_get_ovector_pointer(match.get());
            const std::size_t begin = span[0];
            const std::size_t end = span[1];
            if (end <= begin) { // an empty match cuts nothing
                at = std::max(at, end) + utf8CharacterLength(text.substr(std::max(at, end)));
                at = std::max(at, done + 1);
                continue;
            }
            gap(text.substr(done, begin - done), step);
            split(text.substr(begin, end - begin), step + 1);
            done = at = end;
        }
        gap(text.substr(done), step);
    }

    void gap(std::string_view text, std::size_t step) {
        if (!m_steps[step]->definition.dropGaps) {
            split(text, step + 1);
        }
    }

    void splitBefore(std::string_view text, std::size_t step) {
        const std::string& mark = m_steps[step]->definition.text;
        while (!text.empty()) {
            const std::size_t next = text.find(mark, text.starts_with(mark) ? mark.size() : 0);
            split(text.substr(0, next), step + 1);
            text.remove_prefix(std::min(next, text.size()));
        }
    }

    const std::vector<std::unique_ptr<Step>>& m_steps;
    std::deque<std::string>& m_storage;
    const Sink& m_sink;
    std::vector<MatchPointer> m_matches; // one a step: an outer one is in use during an inner one
};

Result<Splitter> Splitter::create(const std::vector<SplitStep>& steps) {
    std::vector<std::unique_ptr<Step>> compiled;
    for (const SplitStep& definition : steps) {
        auto step = std::make_unique<Step>();
        step->definition = definition;
        if (definition.kind == SplitStep::Kind::Pattern) {
            Result<CodePointer> code = compile(definition.text);
            if (!code) {
                return code.error();
            }
            step->code = std::move(*code);
        }
        compiled.push_back(std::move(step));
    }
    return Splitter(std::move(compiled));
}

Splitter::Splitter(std::vector<std::unique_ptr<Step>> steps)
    : m_steps(std::move(steps)) {
}
Splitter::Splitter(Splitter&&) noexcept = default;
Splitter& Splitter::operator=(Splitter&&) noexcept = default;
Splitter::~Splitter() = default;

void Splitter::split(std::string_view text, std::deque<std::string>& storage,
                     const Sink& sink) const {
    Run(*this, storage, sink).split(text, 0);
}

} // namespace linnet::engine
