#pragma once

#include <memory>
#include <string>
#include <vector>

#include "verse/caret_passage.h"
#include "verse/decoding.h"
#include "verse/line_continuer.h"
#include "verse/verse_data.h"
#include "verse/zh_next_place.h"
#include "verse/zh_vocabulary.h"

namespace linnet::verse {

// Continues Chinese lines character by character.
class ZhContinuer : public LineContinuer {
public:
    ZhContinuer(const VerseData& data, const engine::Tokenizer& tokenizer,
                std::shared_ptr<const ScriptConverter> converter);

    bool isVerse(std::string_view before) const override;
    engine::Result<LineContinuation> next(engine::Generator& model, const LineQuery& query,
                                          std::stop_token stop) override;
    bool admits(const LineQuery& query, std::string_view finished, std::string_view word) override;

private:
    // A length of line that is possible, and how likely it is.
    struct Shape {
        std::size_t length = 7;
        int lines = 4;
        double weight = 1;
    };
    struct Ranked {
        double p = 0;
        char32_t character = 0;
    };

    ZhCaret simplified(const ZhCaret& caret) const;
    std::vector<const Form*> formsFor(const std::string& name) const;
    std::vector<Shape> shapesFor(const std::vector<const Form*>& forms, bool named,
                                 const ZhCaret& caret) const;
    ZhNextPlace placeFor(const LineQuery& query, const ZhCaret& caret, std::size_t length) const;
    void begin(const ZhCaret& caret, const Shape& shape, Decoding& decoding) const;
    bool weigh(const ZhCaret& caret, std::vector<Shape>& shapes, engine::Generator& model,
               const std::stop_token& stop, std::optional<engine::Error>& failure) const;
    std::vector<Ranked> rank(const ZhNextPlace& place, std::span<const float> logProbs) const;
    void finishLine(const LineQuery& query, ZhCaret caret, const Shape& shape, Decoding& decoding,
                    LineContinuation& result) const;
    std::string inScriptOf(const ZhCaret& written, const std::u32string& before,
                           const std::u32string& next) const;

    const VerseData& m_data;
    ZhVocabulary m_vocabulary;
    std::shared_ptr<const ScriptConverter> m_converter;
};

} // namespace linnet::verse
