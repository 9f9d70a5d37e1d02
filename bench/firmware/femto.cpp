// SPDX-License-Identifier: MIT
// Fletcher-32 over 360 bytes, as a container of Femto-Containers: set up,
// run by the interpreter, and, where the image has it, compiled and run as code.
#include "bench/firmware/measure.hpp"
#include "examples/embed/programs/fletcher32.h"
#include "include/f12r.h"

namespace mbpf::bench {

namespace {

constexpr bool has_compiler = MBPF_BENCH_COMPILER != 0;
constexpr char const* name = "fletcher32";

alignas(8) std::uint8_t stack[FC_STACK_SIZE];
alignas(8) std::uint8_t code[4096];
alignas(8) std::uint8_t workspace[16384];
std::uint16_t words[FLETCHER32_WORDS];
f12r_t container;

void run(char const* phase, fletcher32_context& context) {
    std::int64_t result = 0;
    port::mark_start();
    int const status = f12r_execute_ctx(&container, &context, sizeof context, &result);
    port::mark_end();
    report(phase, name, std::uint32_t(result), std::uint32_t(status), 0);
}

void measure() {
    fill_fletcher32_words(words);
    fletcher32_context context{std::uint32_t(address_of(words)), FLETCHER32_WORDS};
    f12r_mem_region_t region;
    container.application = fletcher32_image;
    container.application_len = sizeof fletcher32_image;
    container.stack = stack;
    container.stack_size = sizeof stack;
    port::mark_start();
    f12r_setup(&container);
    port::mark_end();
    report("setup", name, std::uint32_t(container.status), 0, 0);
    f12r_add_region(&container, &region, words, sizeof words, FC_MEM_REGION_READ);
    run("interpreter", context);
    if constexpr (has_compiler) {
        port::mark_start();
        std::size_t const used =
            f12r_compile(&container, code, sizeof code, workspace, sizeof workspace);
        port::mark_end();
        report("compile", name, std::uint32_t(used), 0, 0);
        run("jit", context);
    }
}

}  // namespace

}  // namespace mbpf::bench

int main() {
    mbpf::bench::measure();
    return 0;
}
