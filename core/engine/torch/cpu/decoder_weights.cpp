#include "engine/torch/cpu/decoder_weights.h"

#include <algorithm>
#include <new>

namespace linnet::engine::cpu {

namespace {

// Rounding to 8 bits makes some 0.7 % of error a product. In a network of a few thousand weights
// and a text of some dozen tokens that can move the perplexity by more than 1 %; three times the
// work of so small a network is not felt.
constexpr std::size_t smallModelBytes = std::size_t{4} << 20; // in one term

int padded(int size) {
    return (size + groupInputs - 1) / groupInputs * groupInputs;
}

std::string shapeText(std::int64_t rows, std::int64_t columns) {
    return "[" + std::to_string(rows) + ", " + std::to_string(columns) + "]";
}

std::size_t elementBytes(WeightType type) {
    switch (type) {
    case WeightType::Float64:
        return 8;
    case WeightType::Float32:
        return 4;
    case WeightType::Float16:
    case WeightType::BFloat16:
        return 2;
    case WeightType::Int8:
        break;
    }
    return 1;
}

// Reads tensors and remembers the first failure; what follows it reads nothing.
class Loader {
public:
    Loader(const ModelConfig& config, const WeightSource& source, ThreadTeam& team,
           std::optional<Terms> terms, std::stop_token stop)
        : m_config(config)
        , m_source(source)
        , m_team(team)
        , m_terms(terms)
        , m_stop(std::move(stop)) {}

    Result<DecoderWeights> run() {
        if (const auto measured = measure(); !measured) {
            return measured.error();
        }
        if (!m_config.tiedEmbeddings) {
            fill(m_weights.embedding, {{"embedding", false, m_config.vocabularySize}});
        }
        if (m_config.position == PositionKind::Learned) {
            m_weights.positions =
                floats("positions.weight", m_config.maxPositions, m_config.hiddenSize);
        }
        for (int i = 0; i < m_config.layers && proceed(); ++i) {
            loadLayer(m_weights.layers[static_cast<std::size_t>(i)],
                      "layers." + std::to_string(i) + ".");
        }
        m_weights.finalNorm = norm("final_norm");
        fill(m_weights.head,
             {{m_config.tiedEmbeddings ? "embedding" : "head", false, m_config.vocabularySize}});
        if (m_error) {
            return *m_error;
        }
        if (m_stop.stop_requested()) {
            return DecoderWeights{};
        }
        if (m_config.tiedEmbeddings) {
            m_weights.embedding = m_weights.head;
        }
        return std::move(m_weights);
    }

private:
    struct Wanted {
        std::string name;
        bool bias = false;
        int rows = 0;
    };

    bool proceed() const { return !m_error && !m_stop.stop_requested(); }

    // Sizes every matrix and gives it its place in one arena.
    Result<void> measure() {
        const ModelConfig& c = m_config;
        const bool sensible = c.hiddenSize > 0 && c.layers > 0 && c.heads > 0 && c.kvHeads > 0 &&
                              c.heads % c.kvHeads == 0 && c.headDim > 0 && c.vocabularySize > 0 &&
                              c.intermediateSize > 0 && c.maxPositions > 0 &&
                              (c.position != PositionKind::Rotary || c.headDim % 2 == 0);
        if (!sensible) {
            return Error{ErrorCode::InvalidArgument, "the model's sizes do not make a decoder"};
        }
        m_weights.layers.resize(static_cast<std::size_t>(c.layers));
        auto order = sizeMatrices(m_terms.value_or(Terms::One));
        std::size_t bytes = bytesOf(order);
        if (!m_terms && bytes <= smallModelBytes) {
            order = sizeMatrices(Terms::Two);
            bytes = bytesOf(order);
        }
        auto arena = HugeArena::allocate(bytes);
        if (!arena) {
            return Error{ErrorCode::OutOfMemory,
                         "no memory for " + std::to_string(bytes >> 20) + " MiB of int8 weights"};
        }
        m_weights.arena = std::move(*arena);
        std::byte* place = m_weights.arena.data();
        for (PackedMatrix* matrix : order) {
            matrix->data = place;
            place += matrix->bytes();
        }
        return {};
    }

    // All matrices, in the order in which they are read.
    std::vector<PackedMatrix*> sizeMatrices(Terms terms) {
        const ModelConfig& c = m_config;
        const int attention = c.heads * c.headDim;
        const int mlpRows = c.mlp == MlpKind::SwiGlu ? (c.intermediateSize + 15) / 16 * panelRows
                                                     : c.intermediateSize;
        std::vector<PackedMatrix*> order;
        const auto add = [&](PackedMatrix& matrix, int rows, int inputs) {
            matrix = PackedMatrix::sized(rows, inputs, terms);
            order.push_back(&matrix);
        };
        m_weights.terms = terms;
        if (!c.tiedEmbeddings) {
            add(m_weights.embedding, c.vocabularySize, c.hiddenSize);
        }
        for (LayerWeights& layer : m_weights.layers) {
            add(layer.qkv, attention + 2 * c.kvHeads * c.headDim, c.hiddenSize);
            add(layer.attentionOut, c.hiddenSize, attention);
            add(layer.mlpIn, mlpRows, c.hiddenSize);
            add(layer.mlpOut, c.hiddenSize, c.intermediateSize);
        }
        add(m_weights.head, c.vocabularySize, c.hiddenSize);
        return order;
    }

    static std::size_t bytesOf(const std::vector<PackedMatrix*>& matrices) {
        std::size_t bytes = 0;
        for (const PackedMatrix* matrix : matrices) {
            bytes += matrix->bytes();
        }
        return bytes;
    }

    void loadLayer(LayerWeights& layer, const std::string& at) {
        const ModelConfig& c = m_config;
        const int kvRows = c.kvHeads * c.headDim;
        layer.attentionNorm = norm(at + "attention_norm");
        fill(layer.qkv, {{at + "query", c.qkvBias, c.heads * c.headDim},
                         {at + "key", c.qkvBias, kvRows},
                         {at + "value", c.qkvBias, kvRows}});
        fill(layer.attentionOut, {{at + "output", c.outputBias, c.hiddenSize}});
        layer.mlpNorm = norm(at + "mlp_norm");
        const Wanted up = {at + "up", c.mlpBias, c.intermediateSize};
        if (c.mlp == MlpKind::SwiGlu) {
            const auto parts =
                gather({{at + "gate", c.mlpBias, c.intermediateSize}, up}, layer.mlpIn.inputs);
            if (proceed()) {
                pack(layer.mlpIn, parts, interleavedRows(parts));
            }
        } else {
            fill(layer.mlpIn, {up});
        }
        fill(layer.mlpOut, {{at + "down", c.mlpBias, c.hiddenSize}});
    }

    void fill(PackedMatrix& matrix, const std::vector<Wanted>& wanted) {
        const auto parts = gather(wanted, matrix.inputs);
        if (proceed()) {
            pack(matrix, parts, stackedRows(parts));
        }
    }

    void pack(PackedMatrix& matrix, const std::vector<MatrixPart>& parts,
              const std::vector<RowRef>& rows) {
        if (auto packed = packMatrix(matrix, parts, rows, m_team); !packed) {
            m_error = packed.error();
        }
    }

    std::vector<MatrixPart> gather(const std::vector<Wanted>& wanted, int inputs) {
        std::vector<MatrixPart> parts;
        for (const Wanted& want : wanted) {
            MatrixPart part;
            part.name = want.name + ".weight";
            auto weight = find(part.name, want.rows, inputs);
            if (!weight) {
                return {};
            }
            part.weight = *weight;
            if (want.bias) {
                part.bias = findFloats(want.name + ".bias", want.rows, 1);
                if (!part.bias) {
                    return {};
                }
            }
            parts.push_back(std::move(part));
        }
        return parts;
    }

    NormWeights norm(const std::string& name) {
        NormWeights weights;
        const auto size = static_cast<std::size_t>(padded(m_config.hiddenSize));
        weights.weight = floats(name + ".weight", m_config.hiddenSize, 1);
        weights.weight.resize(size);
        if (m_config.norm == NormKind::LayerNorm) {
            weights.bias = floats(name + ".bias", m_config.hiddenSize, 1);
            weights.bias.resize(size);
        }
        return weights;
    }

    std::vector<float> floats(const std::string& name, int rows, int columns) {
        const auto view = findFloats(name, rows, columns);
        return view ? readFloats(*view) : std::vector<float>();
    }

    std::optional<WeightView> findFloats(const std::string& name, int rows, int columns) {
        auto view = find(name, rows, columns);
        if (view && view->type == WeightType::Int8) {
            m_error = Error{ErrorCode::UnsupportedFormat, "tensor " + name + " is int8"};
            return std::nullopt;
        }
        return view;
    }

    std::optional<WeightView> find(const std::string& name, int rows, int columns) {
        if (!proceed()) {
            return std::nullopt;
        }
        auto view = m_source(name);
        if (!view) {
            m_error = Error{ErrorCode::NotFound, "the checkpoint has no weight " + name};
        } else if (view->rows != rows || view->columns != columns) {
            m_error = Error{ErrorCode::CorruptFile, "weight " + name + " is " +
                                                        shapeText(view->rows, view->columns) +
                                                        ", not " + shapeText(rows, columns)};
        } else if (!enoughBytes(*view)) {
            m_error = Error{ErrorCode::CorruptFile, "weight " + name + " has too few bytes"};
        }
        return m_error ? std::nullopt : view;
    }

    // The caller has checked its file; this keeps a mistake from reading outside of it.
    static bool enoughBytes(const WeightView& view) {
        const std::int64_t rows = std::max(view.storedRows, view.firstRow + view.rows);
        const auto stored = static_cast<std::size_t>(rows);
        const auto columns = static_cast<std::size_t>(view.columns);
        if (view.firstRow < 0 || view.bytes.size() < stored * columns * elementBytes(view.type)) {
            return false;
        }
        if (view.type != WeightType::Int8) {
            return true;
        }
        if (view.groupSize <= 0 || view.transposed) {
            return false;
        }
        const auto size = static_cast<std::size_t>(view.groupSize);
        return view.scales.size() >= 2 * stored * ((columns + size - 1) / size);
    }

    const ModelConfig& m_config;
    const WeightSource& m_source;
    ThreadTeam& m_team;
    std::optional<Terms> m_terms;
    std::stop_token m_stop;
    DecoderWeights m_weights;
    std::optional<Error> m_error;
};

} // namespace

std::int64_t DecoderWeights::bytesPerToken() const {
    std::size_t bytes = head.bytes();
    for (const LayerWeights& layer : layers) {
        bytes += layer.qkv.bytes() + layer.attentionOut.bytes() + layer.mlpIn.bytes() +
                 layer.mlpOut.bytes();
    }
    return static_cast<std::int64_t>(bytes);
}

Result<DecoderWeights> loadWeights(const ModelConfig& config, const WeightSource& source,
                                   ThreadTeam& team, std::optional<Terms> terms,
                                   std::stop_token stop) {
    try {
        return Loader(config, source, team, terms, std::move(stop)).run();
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "no memory for the model's weights"};
    }
}

} // namespace linnet::engine::cpu
