#include "engine/torch/cpu/cpu_decoder.h"

#include <algorithm>
#include <cassert>
#include <new>

namespace linnet::engine::cpu {

CpuDecoder::CpuDecoder(const ModelConfig& config, const CpuOptions& options)
    : m_config(config)
    , m_level(options.level)
    , m_fewAlone(options.fewAlone)
    , m_team(options.threads)
    , m_layout(config)
    , m_pool(KvPool::create(m_layout.chunkElements())) {
}

Result<std::unique_ptr<CpuDecoder>> CpuDecoder::create(const ModelConfig& config,
                                                       const WeightSource& source,
                                                       const CpuOptions& options,
                                                       std::stop_token stop) {
    if (config.architecture != "llama" && config.architecture != "qwen2" &&
        config.architecture != "gpt2") {
        return Error{ErrorCode::UnsupportedFormat,
                     "no int8 decoder for the architecture " + config.architecture};
    }
    try {
        std::unique_ptr<CpuDecoder> decoder(new CpuDecoder(config, options));
        auto weights = loadWeights(decoder->m_config, source, decoder->m_team, options.terms, stop);
        if (!weights) {
            return weights.error();
        }
        if (weights->arena.data() == nullptr) {
            return std::unique_ptr<CpuDecoder>();
        }
        decoder->m_weights = std::move(*weights);
        decoder->m_pass = std::make_unique<ForwardPass>(decoder->m_config, decoder->m_weights,
                                                        kernelsFor(options.level), decoder->m_team,
                                                        options.fewAlone);
        decoder->m_pass->reserve(1, 1);
        return decoder;
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "no memory for the decoder"};
    }
}

std::unique_ptr<KvSequence> CpuDecoder::newSequence() {
    return std::make_unique<CpuSequence>(m_layout, m_pool);
}

std::unique_ptr<KvSequence> CpuDecoder::forkSequence(const KvSequence& sequence) {
    return dynamic_cast<const CpuSequence&>(sequence).fork();
}

Result<void> CpuDecoder::check(std::span<const DecoderStep> steps) const {
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto* sequence = dynamic_cast<const CpuSequence*>(steps[i].sequence);
        if (sequence == nullptr) {
            return Error{ErrorCode::InvalidArgument, "a sequence is not the CPU decoder's"};
        }
        for (std::size_t j = 0; j < i; ++j) {
            if (steps[j].sequence == sequence) {
                return Error{ErrorCode::InvalidArgument, "a sequence occurs twice in a batch"};
            }
        }
        const auto length = static_cast<std::int64_t>(sequence->length()) +
                            static_cast<std::int64_t>(steps[i].tokens.size());
        if (m_config.position == PositionKind::Learned && length > m_config.maxPositions) {
            return Error{ErrorCode::InvalidArgument, "more tokens than the model has positions"};
        }
        for (const TokenId token : steps[i].tokens) {
            if (token < 0 || token >= m_config.vocabularySize) {
                return Error{ErrorCode::InvalidArgument,
                             "token " + std::to_string(token) + " is not in the vocabulary"};
            }
        }
    }
    return {};
}

std::size_t CpuDecoder::plan(std::span<const DecoderStep> steps) {
    m_columns.clear();
    std::size_t rows = 0;
    int longest = 0;
    for (const DecoderStep& step : steps) {
        auto* sequence = static_cast<CpuSequence*>(step.sequence);
        const auto count = static_cast<int>(step.tokens.size());
        const int length = sequence->length() + count;
        sequence->reserve(length);
        longest = std::max(longest, length);
        for (int i = 0; i < count; ++i) {
            m_columns.push_back({sequence, step.tokens[static_cast<std::size_t>(i)],
                                 sequence->length() + i, length, nullptr});
        }
        if (count > 0 && step.rows != LogitRows::None) {
            rows += step.rows == LogitRows::All ? step.tokens.size() : 1;
        }
    }
    const int widest = std::min(static_cast<int>(m_columns.size()), ForwardPass::maxColumns);
    m_pass->reserve(widest, longest);
    const auto vocabulary = static_cast<std::size_t>(m_config.vocabularySize);
    if (rows * vocabulary > m_logitsSize) {
        m_logits = std::make_unique_for_overwrite<float[]>(rows * vocabulary);
        m_logitsSize = rows * vocabulary;
    }
    float* next = m_logits.get();
    std::size_t column = 0;
    for (const DecoderStep& step : steps) {
        const std::size_t end = column + step.tokens.size();
        for (; column < end; ++column) {
            if (step.rows == LogitRows::All ||
                (step.rows == LogitRows::Last && column + 1 == end)) {
                m_columns[column].logits = next;
                next += vocabulary;
            }
        }
    }
    return rows * vocabulary;
}

Result<std::span<const float>> CpuDecoder::forward(std::span<const DecoderStep> steps,
                                                   const std::stop_token& stop) {
    if (auto checked = check(steps); !checked) {
        return checked.error();
    }
    std::size_t size = 0;
    try {
        size = plan(steps);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "no memory for the batch"};
    }
    const auto count = static_cast<int>(m_columns.size());
    for (int first = 0; first < count; first += ForwardPass::maxColumns) {
        const int width = std::min(ForwardPass::maxColumns, count - first);
        if (!m_pass->run(m_columns, first, width, stop)) {
            return std::span<const float>();
        }
    }
    for (const DecoderStep& step : steps) {
        auto* sequence = static_cast<CpuSequence*>(step.sequence);
        sequence->commit(sequence->length() + static_cast<int>(step.tokens.size()));
    }
    return std::span<const float>(m_logits.get(), size);
}

void CpuDecoder::forEach(int count, const std::function<void(int)>& body) {
    if (m_fewAlone && m_pass->isFew(count)) {
        DecoderBackend::forEach(count, body);
    } else {
        m_team.run(count, [&](int i, int) { body(i); });
    }
}

int CpuDecoder::fullBatch() const {
    constexpr int leastTexts = 16;
    constexpr int textsPerThread = 8;
    return m_pass->weightsStay() ? std::max(leastTexts, textsPerThread * m_team.size())
                                 : DecoderBackend::fullBatch();
}

void CpuDecoder::logSoftmax(std::span<const float> logits, std::span<float> out) const {
    assert(!logits.empty() && out.size() >= logits.size());
    kernelsFor(m_level).logSoftmax(logits.data(), logits.size(), out.data());
}

} // namespace linnet::engine::cpu
