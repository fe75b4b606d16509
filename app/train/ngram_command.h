#pragma once

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace linnet::train {

/// Declares `ngram`, which needs no libtorch. `fail` is told why it failed.
void addNgramCommand(CLI::App& app, std::function<void(const std::string&)> fail);

} // namespace linnet::train
