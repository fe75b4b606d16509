#include "engine/torch/files/caption/people_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "engine/torch/files/caption/table_lines.h"

namespace linnet::engine {

namespace {

std::optional<double> numberOf(std::string_view field) {
    double number = 0;
    const auto [end, failure] = std::from_chars(field.data(), field.data() + field.size(), number);
    const bool whole = failure == std::errc() && end == field.data() + field.size();
    return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

} // namespace

Result<PeopleTable> PeopleTable::open(const std::filesystem::path& path, int classes) {
    const Result<std::string> text = readTable(path);
    return text ? parse(*text, path.string(), classes) : Result<PeopleTable>(text.error());
}

Result<PeopleTable> PeopleTable::parse(std::string_view text, const std::string& what,
                                       int classes) {
    PeopleTable table;
    table.m_people.people = true;
    table.m_weights.assign(static_cast<std::size_t>(classes), 0.0);
    for (const TableLine& line : tableLines(text)) {
        const auto& fields = line.fields;
        if (fields.size() == 3 && fields[0] == "nouns") {
            table.m_people.nouns = {{"en", nounsOf(fields[1])}, {"zh", nounsOf(fields[2])}};
            continue;
        }
        const auto number = fields.size() == 2 ? numberOf(fields[1]) : std::nullopt;
        const int index = classOf(fields[0], classes);
        if (!number || (fields[0] != "bias" && index < 0)) {
            return badLine(what, line,
                           "expected nouns in English and Chinese, or bias or a class from 0 to " +
                               std::to_string(classes - 1) + " and its weight");
        }
        (index < 0 ? table.m_bias : table.m_weights[static_cast<std::size_t>(index)]) = *number;
    }
    const auto& nouns = table.m_people.nouns;
    if (nouns.empty() || nouns.at("en").empty() || nouns.at("zh").empty()) {
        return Error{ErrorCode::CorruptFile, what + ": the line of nouns is missing"};
    }
    return table;
}

Subject PeopleTable::subject(std::span<const float> probabilities) const {
    double sum = m_bias;
    const std::size_t count = std::min(probabilities.size(), m_weights.size());
    for (std::size_t i = 0; i < count; ++i) {
        sum += m_weights[i] * logOdds(probabilities[i]);
    }
    Subject people = m_people;
    people.probability = 1.0 / (1.0 + std::exp(-sum));
    return people;
}

double logOdds(double probability) {
    constexpr double least = 1e-6;
    const double p = std::clamp(probability, least, 1.0 - least);
    return std::log(p / (1.0 - p));
}

} // namespace linnet::engine
