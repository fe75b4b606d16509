#pragma once

#include <torch/types.h>

#include "engine/api/generator.h"
#include "engine/api/result.h"

namespace linnet::engine {

// What every network on libtorch needs of it.

// A failed libtorch call as an Error: OutOfMemory or Internal. Call inside a catch block.
Error torchError();

torch::ScalarType scalarType(Precision precision); // float32 for what libtorch does not compute in
const char* precisionName(torch::ScalarType type);

// True if libtorch can use a CUDA device here.
bool torchCudaAvailable();

// An error if libtorch cannot compute in `precision` on CUDA or, if not `cuda`, on the CPU.
Result<void> checkTorchDevice(bool cuda, Precision precision);

// Sets the threads of libtorch and of its BLAS, for the whole process. With OpenBLAS on threads of
// its own (not OpenMP's), the two pools would wait for each other spinning, and two threads be
// slower than one: then only the one that does most of the work gets more than one. `throughBlas`
// says that it is BLAS: matrices in float32; convolutions, and matrices in bfloat16, go through
// oneDNN under libtorch's threads.
void setTorchThreads(int threads, bool throughBlas);

} // namespace linnet::engine
