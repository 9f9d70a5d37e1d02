// SPDX-License-Identifier: MIT
// The programs as the compiler makes them for this core: what everything else is compared with.
#include "bench/firmware/measure.hpp"

extern "C" {
#define PROGRAM(set, name) std::uint32_t name(bench_context*);
#include "bench/programs/list.inc"
#undef PROGRAM
}

namespace {

using Function = std::uint32_t (*)(bench_context*);

bench_context context;

void measure(char const* name, Function function) {
    bench_reset(&context, name);
    mbpf::bench::StackProbe const probe;
    mbpf::port::mark_start();
    std::uint32_t const result = function(&context);
    mbpf::port::mark_end();
    mbpf::bench::report_run(name, result, context, probe);
}

}  // namespace

int main() {
#define PROGRAM(set, name) measure(#name, name);
#include "bench/programs/list.inc"
#undef PROGRAM
    return 0;
}
