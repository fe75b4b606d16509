#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string_view>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "suggest/suggester.h"

namespace linnet::services {

// What the bridge needs of a suggest::Suggester; a fake in tests. Used by one thread at a time.
class SuggestionComputer {
public:
    virtual ~SuggestionComputer() = default;
    virtual engine::Result<suggest::Suggestions>
    suggest(engine::Generator* network, std::string_view before, std::string_view after,
            const suggest::SuggestOptions& options, std::stop_token stop) = 0;
    // Does ahead what the first request with `network` would have to do. On the network's thread,
    // also while another one asks for suggestions without a network.
    virtual void prepare(engine::Generator& network, std::stop_token stop) = 0;
    // `past`: of the writer's earlier documents; null: none.
    virtual void setDocument(std::string_view text,
                             std::shared_ptr<const suggest::PastCounts> past) = 0;
    virtual suggest::PastCounts countsOf(std::string_view text) const = 0;
};

// Makes one from a model folder. Called off the GUI thread.
using SuggestionComputerFactory = std::function<engine::Result<std::unique_ptr<SuggestionComputer>>(
    const std::filesystem::path& folder)>;

// The real one. Errors: those of suggest::loadSuggestModel().
engine::Result<std::unique_ptr<SuggestionComputer>>
makeSuggestionComputer(const std::filesystem::path& folder);

} // namespace linnet::services
