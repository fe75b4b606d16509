#include "engine/torch/random_batch_generator.h"

#include <string>
#include <utility>

#include "engine/torch/cpu/benchmark.h"
#include "engine/torch/local_batch_generator.h"

namespace linnet::engine {

namespace {

class LetterTokenizer : public Tokenizer {
public:
    explicit LetterTokenizer(int size)
        : m_size(size) {}

    std::vector<TokenId> encode(std::string_view text, bool) const override {
        std::vector<TokenId> ids;
        for (const char c : text) {
            ids.push_back(static_cast<unsigned char>(c));
        }
        return ids;
    }
    std::string_view bytes(TokenId id) const override {
        static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
        return letters.substr(static_cast<std::size_t>(id) % letters.size(), 1);
    }
    std::string decode(const std::vector<TokenId>& ids) const override {
        std::string text;
        for (const TokenId id : ids) {
            text += bytes(id);
        }
        return text;
    }
    int size() const override { return m_size; }
    bool isSpecial(TokenId) const override { return false; }
    std::optional<TokenId> find(std::string_view) const override { return std::nullopt; }
    std::optional<TokenId> beginOfText() const override { return std::nullopt; }
    std::optional<TokenId> endOfText() const override { return std::nullopt; }
    bool addsBeginOfText() const override { return false; }

private:
    int m_size;
};

} // namespace

Result<std::unique_ptr<BatchGenerator>>
makeRandomBatchGenerator(std::string_view shape, int threads, const BatchOptions& options) {
    const auto config = cpu::benchmarkShape(shape);
    if (!config) {
        return Error{ErrorCode::InvalidArgument,
                     "unknown shape " + std::string(shape) + "; known: 15m, 34m, gpt2, smollm2"};
    }
    auto decoder = cpu::makeRandomDecoder(*config, {.threads = threads});
    if (!decoder) {
        return decoder.error();
    }
    ModelInfo info;
    info.name = shape;
    info.parameters = (*decoder)->weightBytes(); // about one a byte
    return std::unique_ptr<BatchGenerator>(std::make_unique<LocalBatchGenerator>(
        std::move(info), std::make_shared<LetterTokenizer>(config->vocabularySize),
        std::move(decoder).value(), options));
}

} // namespace linnet::engine
