#include "suggest/tuning.h"

#include <array>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

namespace linnet::suggest {

using engine::Error;
using engine::ErrorCode;

namespace {

struct Field {
    const char* name;
    double Tuning::*value;
    double least;
    double most;
};

constexpr std::array fields = {
    Field{"burst", &Tuning::burst, 0, 1},
    Field{"burst_prior", &Tuning::burstPrior, 1, 1e6},
    Field{"burst_life", &Tuning::burstLife, 1, 1e9},
    Field{"repeat_discount", &Tuning::repeatDiscount, 0, 1},
    Field{"repeat_prior", &Tuning::repeatPrior, 0.01, 1e6},
    Field{"rare_discount", &Tuning::rareDiscount, 0, 1},
    Field{"rare_prior", &Tuning::rarePrior, 0.01, 1e6},
    Field{"network", &Tuning::network, 0, 2},
    Field{"passed_over", &Tuning::passedOver, 0, 1},
    Field{"last_letter", &Tuning::lastLetter, 0, 1},
    Field{"ghost_bias", &Tuning::ghostBias, -20, 20},
    Field{"ghost_slope", &Tuning::ghostSlope, 0, 20},
    Field{"ghost_threshold", &Tuning::ghostThreshold, 0, 1},
    Field{"ghost_next", &Tuning::ghostNext, 0, 1},
};

} // namespace

bool setTuning(Tuning& tuning, std::string_view name, double value) {
    for (const Field& field : fields) {
        if (name == field.name && value >= field.least && value <= field.most) {
            tuning.*field.value = value;
            return true;
        }
    }
    return false;
}

engine::Result<Tuning> readTuning(const std::filesystem::path& file) {
    Tuning tuning;
    std::ifstream in(file);
    if (!in) {
        return tuning;
    }
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) {
        return Error{ErrorCode::CorruptFile, file.string() + " is no JSON object"};
    }
    for (const auto& [name, value] : json.items()) {
        if (!value.is_number() || !setTuning(tuning, name, value.get<double>())) {
            return Error{ErrorCode::CorruptFile,
                         file.string() + ": no such constant, or out of range: " + name};
        }
    }
    return tuning;
}

std::string tuningToJson(const Tuning& tuning) {
    nlohmann::ordered_json json;
    for (const Field& field : fields) {
        json[field.name] = tuning.*field.value;
    }
    return json.dump(4) + "\n";
}

} // namespace linnet::suggest
