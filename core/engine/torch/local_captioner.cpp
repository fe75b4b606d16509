#include "engine/torch/local_captioner.h"

#include <algorithm>
#include <utility>

namespace linnet::engine {

LocalCaptioner::LocalCaptioner(ModelInfo info, CaptionConfig config,
                               std::optional<SubjectTable> subjects,
                               std::unique_ptr<Tokenizer> tokenizer,
                               std::unique_ptr<CaptionNetwork> network, Fallback fallback)
    : m_info(std::move(info))
    , m_config(std::move(config))
    , m_subjects(std::move(subjects))
    , m_tokenizer(std::move(tokenizer))
    , m_network(std::move(network))
    , m_fallback(std::move(fallback)) {
    m_info.architecture = m_config.architecture;
    m_info.contextLength = m_config.text.maxPositions;
    m_info.vocabularySize = m_config.text.vocabularySize;
    for (const auto& [language, token] : m_config.languages) {
        m_languages.push_back(language);
    }
    updateInfo();
}

void LocalCaptioner::updateInfo() {
    m_info.device = m_network->device();
    m_info.precision = m_network->precision();
    m_info.weightBytes = m_network->weightBytes();
}

// The vocabulary may be larger than the tokenizer: BLIP's has prompts that spell nothing.
bool LocalCaptioner::isForbidden(TokenId id) const {
    if (id == m_config.end) {
        return false;
    }
    const auto begins = [id](const auto& language) { return language.second == id; };
    return id < 0 || id >= m_tokenizer->size() || id == m_config.begin ||
           m_tokenizer->isSpecial(id) || (m_config.hints && id == m_config.hints->hint) ||
           std::any_of(m_config.languages.begin(), m_config.languages.end(), begins) ||
           std::find(m_config.padding.begin(), m_config.padding.end(), id) !=
               m_config.padding.end();
}

void LocalCaptioner::forget() {
    m_pictures = 0;
    m_seen.clear();
    m_pixels.clear();
    m_prompts.clear();
    m_steps.clear();
    m_rows = 0;
}

void LocalCaptioner::clear() {
    forget();
    m_network->clear();
    std::vector<float>().swap(m_pixels);
}

Result<std::vector<std::vector<Subject>>> LocalCaptioner::encode(std::span<const float> pixels,
                                                                 int count, std::stop_token stop) {
    const PixelFormat& format = m_config.pixels;
    const std::size_t each = 3 * static_cast<std::size_t>(format.width * format.height);
    if (count < 1 || pixels.size() != each * static_cast<std::size_t>(count)) {
        return Error{ErrorCode::InvalidArgument,
                     std::to_string(count) + " pictures need " + std::to_string(each) +
                         " values each; there are " + std::to_string(pixels.size())};
    }
    forget();
    if (m_fallback) {
        m_pixels.assign(pixels.begin(), pixels.end());
    }
    m_pictures = count;
    const Numbers classes = run([&] { return m_network->encode(pixels, count, stop); }, stop);
    if (!classes) {
        return classes.error();
    }
    if (stop.stop_requested()) {
        forget();
        return std::vector<std::vector<Subject>>();
    }
    see(*classes);
    return m_seen;
}

// What the classifier's probabilities [pictures][classes] say of each picture.
void LocalCaptioner::see(std::span<const float> classes) {
    // Below these nobody asks: many small ones may be of one kind.
    constexpr double leastProbability = 0.001;
    constexpr std::size_t mostSubjects = 64;
    m_seen.assign(static_cast<std::size_t>(m_pictures), {});
    const auto each = static_cast<std::size_t>(m_config.vision.classes());
    for (std::size_t i = 0; i < m_seen.size() && m_subjects && each > 0; ++i) {
        m_seen[i] =
            m_subjects->subjects(classes.subspan(i * each, each), leastProbability, mostSubjects);
    }
}

// As in training: hints at what the picture shows, then the language.
std::vector<TokenId> LocalCaptioner::promptOf(std::size_t picture, std::string_view language,
                                              TokenId token) const {
    if (!m_config.hints) {
        return {token};
    }
    return hintPrompt(*m_config.hints, *m_tokenizer,
                      hintWords(*m_config.hints, m_seen[picture], std::string(language)), language,
                      token);
}

Result<CaptionLogProbs> LocalCaptioner::begin(std::string_view language, std::stop_token stop) {
    const auto spoken = std::find_if(m_config.languages.begin(), m_config.languages.end(),
                                     [&](const auto& known) { return known.first == language; });
    if (spoken == m_config.languages.end()) {
        return Error{ErrorCode::InvalidArgument,
                     m_info.name + " writes no captions in '" + std::string(language) + "'"};
    }
    if (m_pictures == 0) {
        return Error{ErrorCode::InvalidArgument, "no picture has been encoded"};
    }
    if (stop.stop_requested()) {
        return CaptionLogProbs();
    }
    m_steps.clear();
    m_prompts.clear();
    m_longest = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(m_pictures); ++i) {
        m_prompts.push_back(promptOf(i, language, spoken->second));
        m_longest = std::max(m_longest, m_prompts.back().size());
    }
    m_rows = m_prompts.size();
    const Numbers logProbs = run([&] { return m_network->begin(m_prompts); }, stop);
    return logProbs ? rowsOf(*logProbs) : Result<CaptionLogProbs>(logProbs.error());
}

Result<void> LocalCaptioner::checkStep(std::span<const int> parents,
                                       std::span<const TokenId> tokens) const {
    const auto invalid = [](const std::string& reason) {
        return Error{ErrorCode::InvalidArgument, reason};
    };
    if (m_prompts.empty()) {
        return invalid("no captions have been begun");
    }
    if (parents.empty() || parents.size() != tokens.size()) {
        return invalid("every caption needs a parent and a token");
    }
    for (std::size_t i = 0; i < parents.size(); ++i) {
        if (parents[i] < 0 || static_cast<std::size_t>(parents[i]) >= m_rows) {
            return invalid("there is no caption " + std::to_string(parents[i]));
        }
        if (tokens[i] < 0 || tokens[i] >= m_info.vocabularySize) {
            return invalid("there is no token " + std::to_string(tokens[i]));
        }
    }
    if (m_longest + 1 > static_cast<std::size_t>(m_info.contextLength)) {
        return invalid("captions cannot be longer than " + std::to_string(m_info.contextLength) +
                       " tokens");
    }
    return {};
}

Result<CaptionLogProbs> LocalCaptioner::advance(std::span<const int> parents,
                                                std::span<const TokenId> tokens,
                                                std::stop_token stop) {
    if (const Result<void> checked = checkStep(parents, tokens); !checked) {
        return checked.error();
    }
    if (stop.stop_requested()) {
        return CaptionLogProbs();
    }
    m_steps.push_back({{parents.begin(), parents.end()}, {tokens.begin(), tokens.end()}});
    ++m_longest;
    m_rows = parents.size();
    const Numbers logProbs = run([&] { return m_network->advance(parents, tokens); }, stop);
    return logProbs ? rowsOf(*logProbs) : Result<CaptionLogProbs>(logProbs.error());
}

// `attempt`, and if the memory does not suffice, all since encode() again: with what the network
// kept freed, then on the CPU. A failure leaves no pictures.
LocalCaptioner::Numbers LocalCaptioner::run(const std::function<Numbers()>& attempt,
                                            const std::stop_token& stop) {
    const auto lacksMemory = [](const Numbers& numbers) {
        return !numbers && numbers.error().code == ErrorCode::OutOfMemory;
    };
    Numbers numbers = attempt();
    if (lacksMemory(numbers) && m_fallback) {
        m_network->clear();
        numbers = runAgain(stop);
    }
    if (lacksMemory(numbers) && m_fallback) {
        Result<std::unique_ptr<CaptionNetwork>> network = std::exchange(m_fallback, {})();
        if (network) {
            m_network = std::move(*network);
            m_info.notice = "The memory of the GPU is full; captions are written on the CPU.";
            updateInfo();
            numbers = runAgain(stop);
            std::vector<float>().swap(m_pixels);
        }
    }
    if (!numbers) {
        clear();
    }
    return numbers;
}

LocalCaptioner::Numbers LocalCaptioner::runAgain(const std::stop_token& stop) {
    Numbers numbers = m_network->encode(m_pixels, m_pictures, stop);
    if (numbers && !m_prompts.empty() && !stop.stop_requested()) {
        numbers = m_network->begin(m_prompts);
    }
    for (std::size_t i = 0; i < m_steps.size() && numbers && !stop.stop_requested(); ++i) {
        numbers = m_network->advance(m_steps[i].parents, m_steps[i].tokens);
    }
    return numbers && stop.stop_requested() ? std::span<const float>() : numbers;
}

CaptionLogProbs LocalCaptioner::rowsOf(std::span<const float> logProbs) {
    if (logProbs.empty()) { // stopped while it was done again
        forget();
        return {};
    }
    return {static_cast<int>(m_rows), m_info.vocabularySize, logProbs};
}

} // namespace linnet::engine
