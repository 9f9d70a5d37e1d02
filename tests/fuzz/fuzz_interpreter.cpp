// SPDX-License-Identifier: MIT
// Bytes become a program and its surroundings; it must do the same in place, accelerated and on
// the reference interpreter, and succeed exactly from the budget on that it needs.
#include <cstdio>
#include <cstdlib>

#include "tests/support/generator.hpp"

namespace mbpf {
namespace {

void require_agreement(test::Sandbox& sandbox, Budget budget) {
    std::string const difference = test::compare_ways(sandbox, budget);
    if (!difference.empty()) {
        std::fputs(difference.c_str(), stderr);
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    test::Choices choices{{data, size}};
    test::Setup const setup = test::generate(choices);
    test::Sandbox sandbox{setup};
    if (sandbox.refusal()) {
        return -1;  // Not worth keeping: fuzz_verifier is for those.
    }
    require_agreement(sandbox, setup.budget);
    machine::Outcome const full = sandbox.run(test::Way::Reference).outcome;
    if (full.instructions > 0) {
        require_agreement(sandbox, Budget{full.instructions - 1});
        require_agreement(sandbox, Budget{full.instructions});
    }
    return 0;
}

}  // namespace mbpf
