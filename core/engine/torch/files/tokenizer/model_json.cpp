#include "engine/torch/files/tokenizer/model_json.h"

#include <limits>

namespace linnet::engine {

namespace {

constexpr JsonLimits documentLimits = {0, 32, 1U << 20U};

// Diverts the vocabulary and the merges, hundreds of thousands of values, into compact buffers.
class DocumentHandler : public JsonBuilder {
public:
    explicit DocumentHandler(TokenizerDocument& document)
        : JsonBuilder(documentLimits)
        , m_document(document) {}

    bool null() override { return m_part == Part::Other ? JsonBuilder::null() : scalar(); }
    bool boolean(bool value) override {
        return m_part == Part::Other ? JsonBuilder::boolean(value) : scalar();
    }
    bool number_integer(number_integer_t value) override {
        return m_part == Part::Other ? JsonBuilder::number_integer(value) : scalar();
    }
    bool number_float(number_float_t value, const string_t& text) override {
        return m_part == Part::Other ? JsonBuilder::number_float(value, text) : scalar();
    }

    bool number_unsigned(number_unsigned_t value) override {
        if (m_part == Part::Other) {
            return JsonBuilder::number_unsigned(value);
        }
        if (m_part != Part::Vocabulary || m_depth != 1) {
            return scalar();
        }
        if (value > static_cast<number_unsigned_t>(std::numeric_limits<TokenId>::max())) {
            return fail("model.vocab: the id " + std::to_string(value) + " is too large");
        }
        m_document.ids.push_back(static_cast<TokenId>(value));
        return true;
    }

    bool string(string_t& value) override {
        if (m_part == Part::Other) {
            return JsonBuilder::string(value);
        }
        if (m_part != Part::Merges) {
            return scalar();
        }
        if (m_depth == 2) {
            ++m_pairSize;
            m_document.merges.add(value);
            return true;
        }
        return addMerge(value, m_document.merges) ||
               fail("model.merges: '" + value + "' is not two tokens with a space between");
    }

    bool start_object(std::size_t elements) override {
        if (m_part == Part::Other && depth() == 2 && path() == "model.vocab") {
            return enter(Part::Vocabulary, m_vocabularySeen);
        }
        return m_part == Part::Other ? JsonBuilder::start_object(elements) : nested(false);
    }

    bool key(string_t& name) override {
        if (m_part == Part::Other) {
            return JsonBuilder::key(name);
        }
        if (m_part == Part::Vocabulary) {
            m_document.tokens.add(name);
        }
        return true;
    }

    bool end_object() override {
        return m_part == Part::Other ? JsonBuilder::end_object() : leave();
    }

    bool start_array(std::size_t elements) override {
        if (m_part == Part::Other && depth() == 2) {
            const std::string place = path();
            if (place == "model.merges") {
                return enter(Part::Merges, m_mergesSeen);
            }
            if (place == "model.vocab") { // of another kind of model, refused later by its type
                return enter(Part::Skipped, m_vocabularySeen);
            }
        }
        return m_part == Part::Other ? JsonBuilder::start_array(elements) : nested(true);
    }

    bool end_array() override {
        if (m_part == Part::Other) {
            return JsonBuilder::end_array();
        }
        if (m_part == Part::Merges && m_depth == 2 && m_pairSize != 2) {
            return fail("model.merges: a pair of " + std::to_string(m_pairSize) + " tokens");
        }
        return leave();
    }

private:
    enum class Part { Other, Vocabulary, Merges, Skipped };

    bool enter(Part part, bool& seen) {
        if (seen) {
            return fail("duplicate key '" + path() + "'");
        }
        seen = true;
        m_part = part;
        m_depth = 1;
        return true;
    }

    bool leave() {
        if (--m_depth == 0) {
            m_part = Part::Other;
        }
        return true;
    }

    bool nested(bool array) {
        const bool pair = m_part == Part::Merges && m_depth == 1 && array;
        if (m_part != Part::Skipped && !pair) {
            return scalar();
        }
        if (++m_depth > documentLimits.depth) {
            return fail("nested too deep");
        }
        m_pairSize = 0;
        return true;
    }

    bool scalar() {
        return m_part == Part::Skipped ||
               fail(m_part == Part::Vocabulary ? "model.vocab must give a number for every token"
                                               : "model.merges must be a list of pairs of tokens");
    }

    TokenizerDocument& m_document;
    Part m_part = Part::Other;
    std::size_t m_depth = 0; // within the part
    int m_pairSize = 0;
    bool m_vocabularySeen = false;
    bool m_mergesSeen = false;
};

} // namespace

bool addMerge(std::string_view line, StringArena& merges) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || space == 0 || space + 1 == line.size() ||
        line.find(' ', space + 1) != std::string_view::npos) {
        return false;
    }
    merges.add(line.substr(0, space));
    merges.add(line.substr(space + 1));
    return true;
}

Result<TokenizerDocument> parseTokenizerDocument(std::string_view text, const std::string& what) {
    TokenizerDocument document;
    DocumentHandler handler(document);
    if (const Result<void> parsed = parseJsonWith(text, what, handler); !parsed) {
        return parsed.error();
    }
    document.rest = std::move(handler.result());
    if (!document.rest.is_object()) {
        return Error{ErrorCode::CorruptFile, what + ": not a JSON object"};
    }
    return document;
}

} // namespace linnet::engine
