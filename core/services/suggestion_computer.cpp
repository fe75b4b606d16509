#include "services/suggestion_computer.h"

namespace linnet::services {

namespace {

class SuggesterComputer : public SuggestionComputer {
public:
    explicit SuggesterComputer(std::shared_ptr<const suggest::SuggestModel> model)
        : m_suggester(std::move(model)) {}

    engine::Result<suggest::Suggestions> suggest(engine::Generator* network,
                                                 std::string_view before, std::string_view after,
                                                 const suggest::SuggestOptions& options,
                                                 std::stop_token stop) override {
        return m_suggester.suggest(network, before, after, options, std::move(stop));
    }
    void prepare(engine::Generator& network, std::stop_token stop) override {
        m_suggester.prepare(network, std::move(stop));
    }
    void setDocument(std::string_view text,
                     std::shared_ptr<const suggest::PastCounts> past) override {
        m_suggester.setDocument(text, std::move(past));
    }
    suggest::PastCounts countsOf(std::string_view text) const override {
        return m_suggester.countsOf(text);
    }

private:
    suggest::Suggester m_suggester;
};

} // namespace

engine::Result<std::unique_ptr<SuggestionComputer>>
makeSuggestionComputer(const std::filesystem::path& folder) {
    auto model = suggest::loadSuggestModel(folder);
    if (!model) {
        return model.error();
    }
    return std::unique_ptr<SuggestionComputer>(
        std::make_unique<SuggesterComputer>(std::move(model).value()));
}

} // namespace linnet::services
