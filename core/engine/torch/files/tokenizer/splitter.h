#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"
#include "engine/torch/files/tokenizer/definition.h"

namespace linnet::engine {

// Cuts a text into the pieces inside which merges may happen, step by step: each step cuts the
// pieces of the one before. Immutable; calls may run in parallel.
class Splitter {
public:
    // Errors: UnsupportedFormat (a pattern that cannot be used), OutOfMemory.
    static Result<Splitter> create(const std::vector<SplitStep>& steps);

    Splitter(Splitter&&) noexcept;
    Splitter& operator=(Splitter&&) noexcept;
    ~Splitter();

    using Sink = std::function<void(std::string_view)>;

    // Calls `sink` for each piece in order; never for an empty one. Pieces are views into `text`
    // or into strings put at the end of `storage`. Bytes that are not UTF-8 are matched by no
    // pattern: they are between its matches.
    void split(std::string_view text, std::deque<std::string>& storage, const Sink& sink) const;

private:
    struct Step;
    class Run;

    explicit Splitter(std::vector<std::unique_ptr<Step>> steps);

    std::vector<std::unique_ptr<Step>> m_steps;
};

} // namespace linnet::engine
