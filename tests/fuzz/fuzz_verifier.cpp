// SPDX-License-Identifier: MIT
// Any bytes as a text. The verifier must answer; what it accepts must stay in its memory
// (AddressSanitizer watches every block, each of exactly the right size), end within its budget,
// and do the same whichever way it is executed.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/fuzz/slot_mutator.hpp"
#include "tests/support/sandbox.hpp"

namespace mbpf {
namespace {

void check_dead_code(verifier::VerifiedProgram const& verified) {
    std::vector<std::byte> scratch(verifier::scratch_bytes(verified.text().slots()));
    Result<void> const done = verifier::refuse_dead_code(verified, scratch);
    if (!done.has_value() && done.error().fault != Fault::Unreachable) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < slot_bytes) {
        return -1;
    }
    test::Setup setup;
    setup.policy.recursion =
        (data[0] & 1) != 0 ? verifier::Recursion::Allowed : verifier::Recursion::Refused;
    setup.policy.max_call_depth = std::uint8_t(data[0] >> 1 & 0xf);
    setup.context.assign(data[1] % 32, std::byte{0x11});
    setup.rodata.assign(data[2] % 16, std::byte{0x22});
    setup.data.assign(data[3] % 16, std::byte{0x33});
    setup.bss_bytes = data[4] % 16;
    setup.budget = Budget{std::uint32_t(data[5] | data[6] << 8)};
    setup.text.resize(size - slot_bytes);
    if (!setup.text.empty()) {
        std::memcpy(setup.text.data(), data + slot_bytes, setup.text.size());
    }
    test::Sandbox sandbox{setup};
    if (sandbox.refusal()) {
        return 0;
    }
    check_dead_code(sandbox.verified());
    std::string const difference = test::compare_ways(sandbox, setup.budget);
    if (!difference.empty()) {
        std::fputs(difference.c_str(), stderr);
        std::abort();
    }
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
    return fuzz::mutate_slots(data, size, max_size, seed);
}

}  // namespace mbpf
