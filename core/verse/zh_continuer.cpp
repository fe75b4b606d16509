#include "verse/zh_continuer.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "verse/caret_record.h"
#include "verse/poem_record.h"
#include "verse/utf8.h"

namespace linnet::verse {

using engine::Generator;
using engine::Result;

namespace {

// Of the four- and eight-line poems of the corpus, lines of five characters are a third.
constexpr double fivePrior = 1.0 / 3;
// The rest of a line goes on as long as its characters are likely.
constexpr double leastInRest = 0.3;

std::u32string allOf(const ZhCaret& caret) {
    std::u32string text;
    for (const std::u32string& line : caret.lines) {
        text += line;
    }
    return text + caret.typed;
}

} // namespace

ZhContinuer::ZhContinuer(const VerseData& data, const engine::Tokenizer& tokenizer,
                         std::shared_ptr<const ScriptConverter> converter)
    : m_data(data)
    , m_vocabulary(tokenizer, data.chinese)
    , m_converter(std::move(converter)) {
}

bool ZhContinuer::isVerse(std::string_view before) const {
    return chineseCaret(before).has_value();
}

ZhCaret ZhContinuer::simplified(const ZhCaret& caret) const {
    if (m_converter == nullptr) {
        return caret;
    }
    const auto convert = [&](const std::u32string& text) {
        std::u32string converted = toCodePoints(m_converter->toSimplified(toUtf8(text)));
        return converted.size() == text.size() ? converted : text;
    };
    ZhCaret result;
    for (const std::u32string& line : caret.lines) {
        result.lines.push_back(convert(line));
    }
    result.typed = convert(caret.typed);
    result.title = convert(caret.title);
    return result;
}

// The form that the writer has named; else the regulated ones, which a poem of four lines begins
// like one of eight.
std::vector<const Form*> ZhContinuer::formsFor(const std::string& name) const {
    std::vector<const Form*> forms;
    if (const auto named = m_data.forms.find(name);
        !name.empty() && named && (*named)->language == Language::Chinese) {
        return {*named};
    }
    for (const char* regulated : {"wulu", "qilu"}) {
        if (const auto form = m_data.forms.find(regulated)) {
            forms.push_back(*form);
        }
    }
    return forms;
}

std::vector<ZhContinuer::Shape> ZhContinuer::shapesFor(const std::vector<const Form*>& forms,
                                                       bool named, const ZhCaret& caret) const {
    std::map<std::size_t, int> lines; // for each length
    for (const Form* form : forms) {
        for (const Variant& variant : form->variants) {
            const auto length = static_cast<std::size_t>(variant.lines.front().maxLength);
            const int count =
                static_cast<int>(layoutOf(variant, variant.defaultBlocks).lines.size());
            lines.emplace(length, count);
        }
    }
    const int likely = caret.lines.size() < 4 ? 4 : 8;
    if (!caret.lines.empty()) {
        const std::size_t length = caret.lines.front().size();
        const auto known = lines.find(length);
        return {{length, named && known != lines.end() ? known->second : likely, 1}};
    }
    std::vector<Shape> shapes;
    for (const auto& [length, count] : lines) {
        if (length > caret.typed.size()) {
            shapes.push_back({length, named ? count : likely,
                              length == 5   ? fivePrior
                              : length == 7 ? 1 - fivePrior
                                            : 0.1});
        }
    }
    return shapes;
}

ZhNextPlace ZhContinuer::placeFor(const LineQuery& query, const ZhCaret& caret,
                                  std::size_t length) const {
    ZhNextPlace::Options options;
    options.forms = formsFor(query.form);
    options.named = options.forms.size() == 1;
    options.variant = options.named ? std::string_view(query.variant) : std::string_view();
    options.length = length;
    return {m_vocabulary, options, caret};
}

// The prompt and the lines before the caret's.
void ZhContinuer::begin(const ZhCaret& caret, const Shape& shape, Decoding& decoding) const {
    ChinesePrompt prompt;
    prompt.characters = static_cast<int>(shape.length);
    prompt.lines = shape.lines;
    decoding.append(recordBefore(m_vocabulary, caret, prompt));
}

// Makes the weights those after what is typed. False when it was stopped.
bool ZhContinuer::weigh(const ZhCaret& caret, std::vector<Shape>& shapes, Generator& model,
                        const std::stop_token& stop, std::optional<engine::Error>& failure) const {
    std::vector<engine::TokenId> typed;
    for (const char32_t character : caret.typed) {
        typed.push_back(m_vocabulary.token(character));
    }
    for (Shape& shape : shapes) {
        shape.weight = std::log(shape.weight);
        if (shapes.size() > 1 && !typed.empty()) {
            Decoding decoding(model, stop);
            begin(caret, shape, decoding);
            const auto score = decoding.score(typed);
            if (!score) {
                failure = decoding.failure();
                return false;
            }
            shape.weight += *score;
        }
    }
    std::sort(shapes.begin(), shapes.end(),
              [](const Shape& a, const Shape& b) { return a.weight > b.weight; });
    double sum = 0;
    for (Shape& shape : shapes) {
        sum += std::exp(shape.weight - shapes.front().weight);
    }
    const double best = shapes.front().weight;
    for (Shape& shape : shapes) {
        shape.weight = std::exp(shape.weight - best) / sum;
    }
    return true;
}

// Every character that may come, with its share of their probability, best first.
std::vector<ZhContinuer::Ranked> ZhContinuer::rank(const ZhNextPlace& place,
                                                   std::span<const float> logProbs) const {
    std::vector<Ranked> ranked;
    double sum = 0;
    for (const ZhVocabulary::Entry& entry : m_vocabulary.entries()) {
        if (place.admits(entry)) {
            const double p =
                std::exp(static_cast<double>(logProbs[static_cast<std::size_t>(entry.token)]));
            ranked.push_back({p, entry.character});
            sum += p;
        }
    }
    for (Ranked& one : ranked) {
        one.p /= sum;
    }
    std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
        return a.p != b.p ? a.p > b.p : a.character < b.character;
    });
    return ranked;
}

Result<LineContinuation> ZhContinuer::next(Generator& model, const LineQuery& query,
                                           std::stop_token stop) {
    LineContinuation result;
    const auto written = chineseCaret(query.before);
    if (!written) {
        return result;
    }
    const ZhCaret caret = simplified(*written);
    const std::vector<const Form*> forms = formsFor(query.form);
    std::vector<Shape> shapes = shapesFor(forms, forms.size() == 1, caret);
    if (shapes.empty() || caret.typed.size() >= shapes.back().length) {
        return result;
    }
    std::optional<engine::Error> failure;
    if (!weigh(caret, shapes, model, stop, failure)) {
        result.cancelled = !failure;
        return failure ? Result<LineContinuation>(*failure) : result;
    }
    std::map<char32_t, double> all;
    for (const Shape& shape : shapes) {
        Decoding decoding(model, stop);
        begin(caret, shape, decoding);
        for (const char32_t character : caret.typed) {
            decoding.push(m_vocabulary.token(character));
        }
        const std::span<const float> logProbs = decoding.next();
        if (logProbs.empty()) {
            result.cancelled = !decoding.failure();
            return decoding.failure() ? Result<LineContinuation>(*decoding.failure()) : result;
        }
        for (const Ranked& one : rank(placeFor(query, caret, shape.length), logProbs)) {
            all[one.character] += shape.weight * one.p;
        }
        if (&shape == &shapes.front()) {
            finishLine(query, caret, shape, decoding, result);
        }
    }
    std::vector<Ranked> best;
    for (const auto& [character, p] : all) {
        best.push_back({p, character});
    }
    std::sort(best.begin(), best.end(), [](const Ranked& a, const Ranked& b) {
        return a.p != b.p ? a.p > b.p : a.character < b.character;
    });
    best.resize(std::min(best.size(), static_cast<std::size_t>(std::max(query.count, 0))));
    for (const Ranked& one : best) {
        result.words.push_back(
            {inScriptOf(*written, caret.typed, std::u32string(1, one.character)), one.p});
    }
    if (!result.rest.empty()) {
        const std::u32string rest = toCodePoints(result.rest);
        result.restP = all[rest.front()];
        result.rest = inScriptOf(*written, caret.typed, rest);
    }
    return result;
}

// Writes the rest of the line as long as it is likely.
void ZhContinuer::finishLine(const LineQuery& query, ZhCaret caret, const Shape& shape,
                             Decoding& decoding, LineContinuation& result) const {
    std::u32string rest;
    while (caret.typed.size() < shape.length) {
        const std::span<const float> logProbs = decoding.next();
        if (logProbs.empty()) {
            break;
        }
        const std::vector<Ranked> ranked = rank(placeFor(query, caret, shape.length), logProbs);
        if (ranked.empty() || (!rest.empty() && ranked.front().p < leastInRest)) {
            break;
        }
        rest += ranked.front().character;
        caret.typed += ranked.front().character;
        decoding.push(m_vocabulary.token(ranked.front().character));
    }
    result.rest = toUtf8(rest);
}

// As the writer would write it: in traditional characters where the poem has such.
std::string ZhContinuer::inScriptOf(const ZhCaret& written, const std::u32string& before,
                                    const std::u32string& next) const {
    if (m_converter == nullptr || m_data.chinese.scriptOf(allOf(written)) != Script::Traditional) {
        return toUtf8(next);
    }
    const std::u32string line = toCodePoints(m_converter->toTraditional(toUtf8(before + next)));
    return line.size() == before.size() + next.size() ? toUtf8(line.substr(before.size()))
                                                      : toUtf8(next);
}

bool ZhContinuer::admits(const LineQuery& query, std::string_view finished, std::string_view word) {
    const auto written = chineseCaret(std::string(query.before) + std::string(finished));
    const std::u32string characters = toCodePoints(word);
    if (!written || characters.empty()) {
        return true;
    }
    const ZhCaret caret = simplified(*written);
    const std::vector<const Form*> forms = formsFor(query.form);
    const ZhVocabulary::Entry* entry = m_vocabulary.entryOf(characters.front());
    for (const Shape& shape : shapesFor(forms, forms.size() == 1, caret)) {
        if (entry != nullptr && placeFor(query, caret, shape.length).admits(*entry)) {
            return true;
        }
    }
    return false;
}

} // namespace linnet::verse
