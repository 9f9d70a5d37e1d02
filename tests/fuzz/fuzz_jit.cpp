// SPDX-License-Identifier: MIT
// Any bytes as a text that is compiled into memory of any size. What the verifier accepts compiles,
// in a workspace and a code memory of exactly the size that refusals ask for and in none smaller,
// to the same code each time, in a number of steps that its length bounds. AddressSanitizer watches
// both memories; bytes behind what a compiler was given must stay.
#include "mbpf/jit/jit.hpp"
#include "tests/fuzz/opened.hpp"
#include "tests/fuzz/slot_mutator.hpp"

namespace mbpf::fuzz {
namespace {

constexpr std::size_t header_bytes = 8;
constexpr std::size_t most_code_bytes = 0x2'0000;
// Of the analyses, whatever the program: eight forward and as many back, the stretch with which one
// passes that and a last look at all, and loops counted.
constexpr std::uint32_t most_visits_per_slot = 10 + 10 + 7;

struct Attempt {
    Result<jit::Code> code{Error{}};
    std::vector<std::byte> bytes;
};

// With memories of exactly these sizes.
Attempt compile(test::Sandbox& sandbox, std::size_t code_bytes, std::size_t workspace_bytes) {
    Input code{std::vector<std::byte>(code_bytes)};
    std::vector<std::uint64_t> workspace((workspace_bytes + 7) / 8);
    Attempt attempt;
    std::uint32_t visits = 0;
    attempt.code = jit::compile(sandbox.verified(), sandbox.instance(), code.writable(),
                                std::as_writable_bytes(std::span{workspace}).first(workspace_bytes),
                                jit::Target{nullptr, nullptr, &visits});
    require(visits <= most_visits_per_slot * sandbox.verified().text().slots());
    if (attempt.code.has_value()) {
        require(attempt.code->memory.data() == code.bytes().data());
        require(attempt.code->memory.size() <= code_bytes);
        attempt.bytes.assign(attempt.code->memory.begin(), attempt.code->memory.end());
    } else {
        require(attempt.code.error().fault == Fault::MemoryTooSmall);
        require(attempt.code.error().allowed > attempt.code.error().found ||
                attempt.code.error().allowed > most_code_bytes);
    }
    return attempt;
}

// Grows what is too small as a refusal says, and checks that one step each is enough.
void check(test::Sandbox& sandbox, std::size_t any_size) {
    std::size_t const usual = jit::scratch_bytes(sandbox.verified().text().slots());
    Attempt const whole = compile(sandbox, most_code_bytes, usual);
    std::size_t workspace = usual;
    if (!whole.code.has_value()) {
        if (whole.code.error().found == most_code_bytes) {
            return;  // Too long for any.
        }
        workspace = whole.code.error().allowed;
        require(!compile(sandbox, most_code_bytes, workspace - 8).code.has_value());
    }
    Attempt const first = compile(sandbox, most_code_bytes, workspace);
    if (!first.code.has_value()) {
        require(first.code.error().found == most_code_bytes);
        return;
    }
    std::size_t const bytes = first.bytes.size();
    std::size_t const room = any_size % (bytes + 64) & ~std::size_t{1};
    Attempt const second = compile(sandbox, room, workspace);
    require(second.code.has_value() == (room >= bytes));
    if (second.code.has_value()) {
        require(second.bytes == first.bytes);
    } else {
        require(second.code.error().allowed == bytes && second.code.error().found == room);
    }
    require(compile(sandbox, bytes, workspace).bytes == first.bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < header_bytes) {
        return -1;
    }
    test::Setup setup;
    setup.policy.recursion =
        (data[0] & 1) != 0 ? verifier::Recursion::Allowed : verifier::Recursion::Refused;
    setup.context.assign(data[1] % 32, std::byte{0x11});
    setup.rodata.assign(data[2] % 16, std::byte{0x22});
    setup.data.assign(data[3] % 16, std::byte{0x33});
    setup.bss_bytes = data[4] % 16;
    Input const text{data + header_bytes, size - header_bytes};
    setup.text.assign(text.bytes().begin(), text.bytes().end());
    test::Sandbox sandbox{setup};
    if (sandbox.refusal()) {
        return 0;
    }
    check(sandbox, std::size_t(data[5]) | std::size_t(data[6]) << 8);
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
    return mutate_slots(data, size, max_size, seed);
}

}  // namespace mbpf::fuzz
