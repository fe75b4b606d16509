#include "training/training_data.h"

#include <algorithm>

namespace linnet::training {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

Result<std::vector<MixtureSource>> openSources(const fs::path& folder, const TokenIndex& index,
                                               const std::map<std::string, double>& mixture,
                                               std::int64_t length) {
    for (const auto& [name, weight] : mixture) {
        const auto known = [&, &wanted = name](const TokenGroup& group) {
            return group.name == wanted;
        };
        if (std::none_of(index.groups.begin(), index.groups.end(), known)) {
            return Error{ErrorCode::InvalidArgument,
                         "mixture: no group \"" + name + "\" in " + folder.string()};
        }
    }
    const auto window = static_cast<std::uint64_t>(length);
    std::vector<MixtureSource> sources;
    for (const TokenGroup& group : index.groups) {
        const auto given = mixture.find(group.name);
        if (!mixture.empty() && given == mixture.end()) {
            continue;
        }
        if (group.tokens <= window) {
            return Error{ErrorCode::InvalidArgument,
                         "group \"" + group.name + "\" is shorter than one window"};
        }
        auto stream = TokenStream::open(folder, index, group);
        if (!stream) {
            return stream.error();
        }
        const double weight =
            given == mixture.end() ? static_cast<double>(group.tokens) : given->second;
        sources.push_back({group.name, std::move(*stream), weight, {}});
        if (group.tokens <= group.documents.size() * window) {
            sources.back().starts = group.documents; // short ones: seen from their beginning
        }
    }
    if (sources.empty()) {
        return Error{ErrorCode::InvalidArgument, folder.string() + " has no tokens"};
    }
    return sources;
}

Result<std::vector<ValidationGroup>> openValidation(const fs::path& folder, const fs::path& train,
                                                    const std::string& tokenizerSha256) {
    const auto index = TokenIndex::read(folder);
    if (!index) {
        return index.error();
    }
    if (index->tokenizerSha256 != tokenizerSha256) {
        return Error{ErrorCode::InvalidArgument, "the token folders " + train.string() + " and " +
                                                     folder.string() +
                                                     " come from different tokenizers"};
    }
    std::vector<ValidationGroup> groups;
    for (const TokenGroup& group : index->groups) {
        auto stream = TokenStream::open(folder, *index, group);
        if (!stream) {
            return stream.error();
        }
        groups.push_back({group, std::move(*stream)});
    }
    return groups;
}

} // namespace

Result<TrainingData> TrainingData::open(const fs::path& train, const fs::path& valid,
                                        const std::map<std::string, double>& mixture,
                                        std::int64_t length, std::uint64_t seed) {
    auto index = TokenIndex::read(train);
    if (!index) {
        return index.error();
    }
    auto sources = openSources(train, *index, mixture, length);
    if (!sources) {
        return sources.error();
    }
    std::vector<ValidationGroup> validation;
    if (!valid.empty()) {
        auto opened = openValidation(valid, train, index->tokenizerSha256);
        if (!opened) {
            return opened.error();
        }
        validation = std::move(*opened);
    }
    return TrainingData{std::move(*index), WindowSampler(std::move(*sources), length, seed),
                        std::move(validation)};
}

} // namespace linnet::training
