#include "training/prepare.h"

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/api/utf8.h"
#include "engine/torch/files/tokenizer_loader.h"
#include "training/file_io.h"
#include "training/tokenizer_file.h"

namespace linnet::training {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using Json = nlohmann::ordered_json;

namespace {

/// One group's growing token file.
struct GroupWriter {
    TokenGroup group;
    std::ofstream out;
};

/// A preparation under way: where it stands in the inputs, and the open token files.
class Preparation {
public:
    Preparation(const PrepareOptions& options, const engine::Tokenizer& tokenizer,
                engine::TokenId endOfDocument, std::string tokenizerSha)
        : m_options(options)
        , m_tokenizer(tokenizer) {
        m_index.tokenizerSha256 = std::move(tokenizerSha);
        m_index.vocabularySize = static_cast<std::uint64_t>(m_tokenizer.size());
        m_index.endOfDocument = static_cast<std::uint32_t>(endOfDocument);
    }

    Result<TokenIndex> run();

private:
    Result<void> restore();
    Result<void> save();
    Result<void> readInput(const fs::path& path);
    Result<void> addDocument(const fs::path& path, std::int64_t position, const std::string& text);
    Result<GroupWriter*> writerOf(const std::string& name);
    [[nodiscard]] Json inputNames() const;
    [[nodiscard]] fs::path statePath() const { return m_options.output / "progress.json"; }

    const PrepareOptions& m_options;
    const engine::Tokenizer& m_tokenizer;
    TokenIndex m_index;
    std::map<std::string, GroupWriter> m_writers;
    std::size_t m_input = 0;      // index of the current input
    std::int64_t m_position = 0;  // documents read of it
    std::uint64_t m_consumed = 0; // bytes read of it
    std::uint64_t m_before = 0;   // bytes of the inputs before it
    std::uint64_t m_total = 0;
};

Json Preparation::inputNames() const {
    Json names = Json::array();
    for (const fs::path& path : m_options.inputs) {
        names.push_back(path.string());
    }
    return names;
}

Result<GroupWriter*> Preparation::writerOf(const std::string& name) {
    auto found = m_writers.find(name);
    if (found == m_writers.end()) {
        if (name.empty() || name.find_first_of("/\\=,") != std::string::npos) {
            return Error{ErrorCode::InvalidArgument, "group name \"" + name + "\" is not usable"};
        }
        found = m_writers.emplace(name, GroupWriter{}).first;
        found->second.group.name = name;
        found->second.group.file = name + ".bin";
        const fs::path path = m_options.output / found->second.group.file;
        found->second.out.open(path, std::ios::binary | std::ios::trunc);
        if (!found->second.out) {
            return Error{ErrorCode::Io, "cannot write " + path.string()};
        }
    }
    return &found->second;
}

/// Continues the run that `progress.json` describes, if there is one for the same inputs and
/// tokenizer: token files are cut back to the saved sizes.
Result<void> Preparation::restore() {
    std::error_code failure;
    if (!fs::exists(statePath(), failure)) {
        return {};
    }
    const auto text = readFile(statePath());
    const auto index = TokenIndex::read(m_options.output);
    if (!text || !index) {
        return {};
    }
    const Json state = Json::parse(*text, nullptr, false);
    if (state.is_discarded() || state.value("inputs", Json()) != inputNames() ||
        index->tokenizerSha256 != m_index.tokenizerSha256) {
        return {};
    }
    m_input = state.at("input").get<std::size_t>();
    m_position = state.at("position").get<std::int64_t>();
    m_consumed = state.at("consumed").get<std::uint64_t>();
    for (const TokenGroup& group : index->groups) {
        const fs::path path = m_options.output / group.file;
        fs::resize_file(path, group.tokens * m_index.tokenBytes(), failure);
        GroupWriter writer;
        writer.group = group;
        writer.out.open(path, std::ios::binary | std::ios::app);
        if (failure || !writer.out) {
            return Error{ErrorCode::Io, "cannot continue " + path.string()};
        }
        m_writers.emplace(group.name, std::move(writer));
    }
    for (std::size_t i = 0; i < m_input; ++i) {
        m_before += fs::file_size(m_options.inputs[i], failure);
    }
    return {};
}

Result<void> Preparation::save() {
    m_index.groups.clear();
    for (auto& [name, writer] : m_writers) {
        writer.out.flush();
        if (!writer.out) {
            return Error{ErrorCode::Io,
                         "cannot write " + (m_options.output / writer.group.file).string()};
        }
        m_index.groups.push_back(writer.group);
    }
    if (auto written = m_index.write(m_options.output); !written) {
        return written;
    }
    const Json state = {{"inputs", inputNames()},
                        {"input", m_input},
                        {"position", m_position},
                        {"consumed", m_consumed}};
    return writeFileAtomically(statePath(), state.dump());
}

Result<void> Preparation::addDocument(const fs::path& path, std::int64_t position,
                                      const std::string& text) {
    const auto name = m_options.groups.groupOf(path.filename().string(), position);
    if (!name) {
        return name.error();
    }
    const auto writer = writerOf(*name);
    if (!writer) {
        return writer.error();
    }
    if (engine::utf8ValidPrefix(text) != text.size()) {
        return notUtf8(path, position);
    }
    std::vector<engine::TokenId> ids = m_tokenizer.encode(text);
    ids.push_back(static_cast<engine::TokenId>(m_index.endOfDocument));
    TokenGroup& group = (*writer)->group;
    group.documents.push_back(group.tokens);
    group.tokens += ids.size();
    group.words += countWords(text);
    group.bytes += text.size();
    if (m_index.tokenBytes() == 2) {
        const std::vector<std::uint16_t> narrow(ids.begin(), ids.end());
        (*writer)->out.write(reinterpret_cast<const char*>(narrow.data()),
                             static_cast<std::streamsize>(narrow.size() * 2));
    } else {
        (*writer)->out.write(reinterpret_cast<const char*>(ids.data()),
                             static_cast<std::streamsize>(ids.size() * 4));
    }
    return {};
}

Result<void> Preparation::readInput(const fs::path& path) {
    std::ifstream file;
    if (!isStandardInput(path)) {
        file.open(path, std::ios::binary);
        file.seekg(static_cast<std::streamoff>(m_consumed));
        if (!file) {
            return Error{ErrorCode::NotFound, "cannot open " + path.string()};
        }
    }
    std::istream& in = isStandardInput(path) ? std::cin : file;
    DocumentReader reader(in, m_options.separator);
    reader.resumeAt(m_position, m_consumed);
    std::string text;
    std::uint64_t saved = m_consumed;
    while (reader.next(text)) {
        if (auto added = addDocument(path, reader.position() - 1, text); !added) {
            return added;
        }
        m_position = reader.position();
        m_consumed = reader.consumed();
        if (m_consumed - saved >= m_options.saveInterval && m_total > 0) {
            saved = m_consumed;
            if (auto done = save(); !done) {
                return done;
            }
        }
        if (m_options.progress) {
            m_options.progress(m_before + m_consumed, m_total);
        }
    }
    if (in.bad()) {
        return Error{ErrorCode::Io, "cannot read " + path.string()};
    }
    m_before += reader.consumed();
    return {};
}

Result<TokenIndex> Preparation::run() {
    const auto total = totalBytes(m_options.inputs);
    if (!total) {
        return total.error();
    }
    m_total = *total;
    std::error_code failure;
    fs::create_directories(m_options.output, failure);
    if (m_total > 0) {
        if (auto restored = restore(); !restored) {
            return restored.error();
        }
    }
    while (m_input < m_options.inputs.size()) {
        if (auto read = readInput(m_options.inputs[m_input]); !read) {
            return read.error();
        }
        ++m_input;
        m_position = 0;
        m_consumed = 0;
    }
    if (auto saved = save(); !saved) {
        return saved.error();
    }
    fs::remove(statePath(), failure);
    return m_index;
}

} // namespace

Result<TokenIndex> prepareTokens(const PrepareOptions& options) {
    const auto tokenizer = engine::loadTokenizer(options.tokenizer);
    if (!tokenizer) {
        return tokenizer.error();
    }
    const auto endOfDocument = (*tokenizer)->find(kEndOfDocument);
    if (!endOfDocument) {
        return Error{ErrorCode::InvalidArgument,
                     options.tokenizer.string() + ": the tokenizer has no token " + kEndOfDocument};
    }
    auto sha = sha256OfFile(options.tokenizer / "tokenizer.json");
    if (!sha) {
        return sha.error();
    }
    return Preparation(options, **tokenizer, *endOfDocument, std::move(*sha)).run();
}

} // namespace linnet::training
