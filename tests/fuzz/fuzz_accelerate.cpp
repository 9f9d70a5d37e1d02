// SPDX-License-Identifier: MIT
// accelerate() changes opcode bytes only, each to the code of a fusion that starts with the opcode
// that was there, none inside another; restore() brings every byte back.
#include <cstdlib>

#include "mbpf/interpreter/fusion.hpp"
#include "tests/support/generator.hpp"

namespace mbpf {
namespace {

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    test::Choices choices{{data, size}};
    test::Sandbox const sandbox{test::generate(choices)};
    if (sandbox.refusal()) {
        return -1;
    }
    Bytes const before = sandbox.text();
    Bytes const after = sandbox.accelerated_text();
    std::size_t covered = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i] == after[i]) {
            continue;
        }
        require(i % slot_bytes == 0 && i >= covered);
        std::size_t const index = interpreter::fusion_of(std::uint8_t(after[i]));
        require(index < interpreter::fusions.size());
        require(interpreter::fusions[index].first == std::uint8_t(before[i]));
        covered = i + interpreter::fusions[index].slots() * slot_bytes;
        require(covered <= before.size());
    }
    std::vector<std::byte> restored{after.begin(), after.end()};
    interpreter::restore(restored);
    require(std::equal(restored.begin(), restored.end(), before.begin()));
    return 0;
}

}  // namespace mbpf
