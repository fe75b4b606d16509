#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/captioner.h"
#include "engine/api/result.h"

namespace linnet::engine {

// Tells from the probabilities of a classifier without a class for people whether there are any:
// their log-odds are a sum over the classes, weight * log-odds of the class. Its file has the lines
// nouns <TAB> English words for people <TAB> Chinese ones; bias <TAB> NUMBER; and for each class
// that has a weight CLASS <TAB> WEIGHT. Lines that begin with # are comments.
class PeopleTable {
public:
    // Errors: NotFound, Io, CorruptFile (with the line).
    static Result<PeopleTable> open(const std::filesystem::path& path, int classes);
    static Result<PeopleTable> parse(std::string_view text, const std::string& what, int classes);

    // People on a picture whose classes have these probabilities.
    Subject subject(std::span<const float> probabilities) const;

private:
    Subject m_people; // with probability 0
    double m_bias = 0;
    std::vector<double> m_weights; // of the classes
};

// ln(p / (1 - p)), of no less than a millionth either way.
double logOdds(double probability);

} // namespace linnet::engine
