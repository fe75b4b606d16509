#include "suggest/simulator.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "suggest/unicode_words.h"
#include "suggest/word_stream.h"

namespace linnet::suggest {

using engine::Result;

namespace {

constexpr std::size_t cutStep = 256; // the text sent begins further on by this many characters

bool isSpace(char32_t value) {
    return value == U' ' || (value >= 9 && value <= 13) || (value >= 0x1C && value <= 0x1F) ||
           value == 0x85 || value == 0xA0 || (value >= 0x2000 && value <= 0x200A) ||
           value == 0x2028 || value == 0x2029 || value == 0x202F || value == 0x3000;
}

// A document with its characters numbered.
class Document {
public:
    explicit Document(std::string text)
        : m_text(std::move(text)) {
        for (std::size_t at = 0; at < m_text.size();) {
            m_starts.push_back(at);
            const CodePoint next = decodeAt(m_text, at);
            m_values.push_back(next.value);
            at += static_cast<std::size_t>(next.length);
        }
        m_starts.push_back(m_text.size());
    }

    std::size_t size() const { return m_values.size(); }
    char32_t at(std::size_t i) const { return m_values[i]; }
    std::string_view slice(std::size_t begin, std::size_t end) const {
        return std::string_view(m_text).substr(m_starts[begin], m_starts[end] - m_starts[begin]);
    }
    // The character that begins at this byte.
    std::size_t characterAt(std::size_t byte) const {
        return static_cast<std::size_t>(std::lower_bound(m_starts.begin(), m_starts.end(), byte) -
                                        m_starts.begin());
    }
    std::size_t byteAt(std::size_t i) const { return m_starts[i]; }

    // The character after the first line feed from `from` on, or 0.
    std::size_t afterLine(std::size_t from) const {
        const auto found = m_values.find(U'\n', from);
        return found == std::u32string::npos ? 0 : found + 1;
    }
    // The character after the last line feed before `end`, or 0.
    std::size_t afterLineBefore(std::size_t end) const {
        for (std::size_t i = std::min(end, size()); i > 0; --i) {
            if (m_values[i - 1] == U'\n') {
                return i;
            }
        }
        return 0;
    }

private:
    std::string m_text;
    std::vector<std::size_t> m_starts;
    std::u32string m_values;
};

std::string_view strip(std::string_view text, std::string_view what) {
    const std::size_t first = text.find_first_not_of(what);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(what) - first + 1);
}

std::vector<Document> documents(std::string_view raw) {
    std::string text;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '\r' || i + 1 == raw.size() || raw[i + 1] != '\n') {
            text += raw[i];
        }
    }
    std::vector<Document> result;
    std::string current;
    const auto finish = [&] {
        const std::string_view body = strip(current, "\n");
        if (!strip(body, " \t\n\r\f\v").empty()) {
            result.emplace_back(std::string(body));
        }
        current.clear();
    };
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = std::string_view(text).substr(begin, end - begin);
        if (strip(line, " \t\r\f\v") == "<|endofdoc|>") {
            finish();
        } else {
            current += line;
            current += '\n';
        }
        begin = end + 1;
    }
    finish();
    return result;
}

struct Window {
    const Document* document = nullptr;
    std::size_t start = 0;
    std::size_t end = 0;
};

// The stretch that lies `want` characters into document `k`, moved to a paragraph's start.
Window windowAt(const Document& document, std::size_t want, std::size_t size) {
    std::size_t start = want == 0 ? 0 : document.afterLine(want);
    if ((want != 0 && start == 0) || start + size > document.size()) {
        const std::size_t last = document.size() > size ? document.size() - size + 1 : 1;
        start = document.afterLineBefore(last);
    }
    while (start < document.size() && document.at(start) == U'\n') {
        ++start;
    }
    std::size_t end = std::min(document.size(), start + size);
    while (end < document.size() && end > start && !isSpace(document.at(end))) {
        --end;
    }
    return {&document, start, end};
}

std::vector<Window> windows(const std::vector<Document>& docs, const SimulationOptions& options) {
    std::size_t total = 0;
    for (const Document& document : docs) {
        total += document.size();
    }
    std::vector<Window> result;
    if (total <= options.characters) {
        for (const Document& document : docs) {
            result.push_back({&document, 0, document.size()});
        }
        return result;
    }
    const std::size_t size = std::max<std::size_t>(1, options.characters / options.windows);
    std::set<std::pair<std::size_t, std::size_t>> taken;
    for (std::size_t i = 0; i < options.windows; ++i) {
        auto want = static_cast<std::ptrdiff_t>((static_cast<double>(i) + 0.5) *
                                                static_cast<double>(total) /
                                                static_cast<double>(options.windows)) -
                    static_cast<std::ptrdiff_t>(size / 2);
        std::size_t k = 0;
        for (; k + 1 < docs.size(); ++k) {
            if (want < static_cast<std::ptrdiff_t>(docs[k].size())) {
                break;
            }
            want -= static_cast<std::ptrdiff_t>(docs[k].size());
        }
        while (k + 1 < docs.size() && docs[k].size() < size) {
            ++k;
            want = 0;
        }
        const Window window =
            windowAt(docs[k], static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, want)), size);
        if (window.end > window.start && taken.insert({k, window.start}).second) {
            result.push_back(window);
        }
    }
    return result;
}

// One stretch being typed.
class Typist {
public:
    Typist(const SimulationOptions& options, const Predictor& predictor, SimulationReport& report)
        : m_options(options)
        , m_predictor(predictor)
        , m_report(report) {}

    Result<void> type(const Window& window);

private:
    std::string_view view(std::size_t position) const;
    Result<const Prediction*> ask(std::size_t position, bool startOfWord);
    Result<std::size_t> typeWord(std::size_t begin, std::size_t end);
    void judge(const Prediction& prediction, std::string_view word);

    const SimulationOptions& m_options;
    const Predictor& m_predictor;
    SimulationReport& m_report;
    Window m_window;
    std::size_t m_origin = 0;
    std::unordered_map<std::string, Prediction> m_answers;
};

std::string_view Typist::view(std::size_t position) const {
    const Document& document = *m_window.document;
    std::size_t begin = m_origin;
    if (position - m_origin > m_options.context) {
        begin += (position - m_origin - m_options.context) / cutStep * cutStep;
        while (begin > m_origin && begin < position && !isSpace(document.at(begin - 1))) {
            ++begin;
        }
    }
    return document.slice(begin, position);
}

Result<const Prediction*> Typist::ask(std::size_t position, bool startOfWord) {
    const std::string text(view(position));
    const auto known = m_answers.find(text);
    if (known != m_answers.end()) {
        return &known->second;
    }
    const auto begin = std::chrono::steady_clock::now();
    auto answer = m_predictor(text, startOfWord);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    if (!answer) {
        return answer.error();
    }
    m_report.milliseconds.push_back(took.count());
    return &m_answers.emplace(text, std::move(*answer)).first->second;
}

void Typist::judge(const Prediction& prediction, std::string_view word) {
    const auto place = std::find(prediction.words.begin(), prediction.words.end(), word);
    m_report.first += place == prediction.words.begin() && !prediction.words.empty() ? 1U : 0U;
    m_report.listed += place != prediction.words.end() ? 1U : 0U;
    const std::size_t ink = prediction.ghost.find_first_not_of(" \t\n");
    if (ink == std::string::npos) {
        return;
    }
    ++m_report.ghosts;
    const std::string_view shown = std::string_view(prediction.ghost).substr(ink);
    const WordSpan first = nextWord(shown, 0);
    const bool right = first.begin == 0 && shown.substr(0, first.end) == word;
    m_report.ghostsRight += right ? 1U : 0U;
    m_report.calibration.emplace_back(prediction.ghostP, right);
}

// Returns where the caret stands after the word.
Result<std::size_t> Typist::typeWord(std::size_t begin, std::size_t end) {
    const Document& document = *m_window.document;
    const std::string_view word = document.slice(begin, end);
    const std::size_t space = end < m_window.end && document.at(end) == U' ' ? 1 : 0;
    ++m_report.words;
    for (std::size_t at = begin; at < end;) {
        const bool first = at == begin;
        const bool gains = end - at + space >= 2;
        if (!gains && !first) {
            m_report.keys += end - at;
            return end;
        }
        const auto prediction = ask(at, first);
        if (!prediction) {
            return prediction.error();
        }
        if (first) {
            judge(**prediction, word);
        }
        ++m_report.keys;
        const auto& words = (*prediction)->words;
        if (gains && std::find(words.begin(), words.end(), word) != words.end()) {
            ++m_report.picks;
            return end + space;
        }
        ++at;
    }
    return end;
}

Result<void> Typist::type(const Window& window) {
    m_window = window;
    m_origin = m_options.cold ? window.start : 0;
    const Document& document = *window.document;
    const std::string_view text = document.slice(window.start, window.end);
    const std::size_t offset = document.byteAt(window.start);
    std::size_t at = window.start;
    for (WordSpan span = nextWord(text, 0); span.begin < text.size();
         span = nextWord(text, span.end)) {
        const std::size_t begin = document.characterAt(offset + span.begin);
        m_report.keys += begin - at;
        const auto after = typeWord(begin, document.characterAt(offset + span.end));
        if (!after) {
            return after.error();
        }
        at = *after;
    }
    m_report.keys += window.end - at;
    m_report.characters += window.end - window.start;
    return {};
}

} // namespace

double SimulationReport::share(std::size_t part, std::size_t whole) const {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

double SimulationReport::savings() const {
    return characters == 0 ? 0.0 : 1.0 - share(keys, characters);
}

Result<SimulationReport> simulate(std::string_view text, const SimulationOptions& options,
                                  const Predictor& predictor) {
    const std::vector<Document> docs = documents(text);
    if (docs.empty()) {
        return engine::Error{engine::ErrorCode::InvalidArgument, "there is no text to type"};
    }
    SimulationReport report;
    Typist typist(options, predictor, report);
    for (const Window& window : windows(docs, options)) {
        const auto typed = typist.type(window);
        if (!typed) {
            return typed.error();
        }
    }
    return report;
}

} // namespace linnet::suggest
