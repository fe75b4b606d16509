#pragma once

#include <memory>
#include <string_view>

#include "engine/api/batch_generator.h"

namespace linnet::engine {

// A batching generator of a known shape (cpu::benchmarkShape) with random int8 weights on the CPU,
// to measure speed without a file: every id stands for one letter, nothing ends a text. Errors:
// InvalidArgument for a shape that is not known, OutOfMemory.
Result<std::unique_ptr<BatchGenerator>>
makeRandomBatchGenerator(std::string_view shape, int threads, const BatchOptions& options);

} // namespace linnet::engine
