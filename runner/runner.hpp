// SPDX-License-Identifier: MIT
// One run of one program from bytes to outcome: what `mbpf run` does on a PC and the firmware does
// on a device, in the same code. Freestanding; the caller owns all memory.
#pragma once

#include <cstdint>
#include <string_view>

#include "mbpf/jit/jit.hpp"

namespace mbpf::runner {

enum class Engine : std::uint8_t { Interpreter = 0, Jit = 1 };

// Which helpers exist. Standard: core/mbpf/helpers. Conformance: helper 5 of the public suite.
// Signatures: for tests, one of each kind of signature (signatures.cpp).
enum class Suite : std::uint8_t { Standard = 0, Conformance = 1, Signatures = 2 };

// What the caller wants to know. Outcome: how the run ends. Memory: its own memory behind the
// context, too. Code: nothing runs; the context of the reply is a Placement, the output the code.
enum class Wants : std::uint8_t { Outcome = 0, Memory = 1, Code = 2 };

// Where things are that compiled code holds addresses of: all that another core needs to make the
// same code.
struct Placement {
    std::uint32_t memory{};  // What Instance::prepare() gets.
    std::uint32_t rodata{};
    std::uint32_t helpers[config::max_helper_id + 1]{};  // By id; 0: not called directly.
};

// Whether the bytecode is rewritten in RAM after verification; or, once it is compiled, erased.
enum class Bytecode : std::uint8_t { InPlace = 0, Accelerated = 1, Dropped = 2 };

struct Request {
    Bytes program;           // Any of the five formats.
    Bytes context;           // r1 points to a copy of it, r2 is its length.
    std::string_view entry;  // Empty: the first.
    program::Format format{};
    Engine engine{};
    Suite suite{};
    Bytecode bytecode{};
    Wants wants{};
    verifier::Policy policy;
    Budget budget{};
};

enum class Status : std::uint8_t {
    Ran = 0,
    Trapped = 1,   // outcome.report says how.
    Rejected = 2,  // The verifier refused it; error says why.
    Unusable = 3,  // It is not a program, or does not fit; error says why.
};

struct Reply {
    Status status{};
    Error error{};
    machine::Outcome outcome{};
    Bytes context{};            // After the run.
    std::string_view output{};  // What the program printed.
    Bytes maps{};               // Memory of its maps after the run.
    std::uint32_t text_slots{};
    std::uint32_t memory_bytes{};  // Stack, saved frames and data.
    machine::StackPlan plan{};
};

// What a place gives to a run: memory for a copy of the program (linked, if it is an ELF object),
// the program's memory, its context and its output, all 8-aligned; and a clock in microseconds.
struct Workspace {
    WritableBytes image;
    WritableBytes memory;
    WritableBytes context;
    WritableBytes output;
    WritableBytes code{};  // Executable, for compiled code.
    std::uint64_t (*now_us)() = nullptr;
};

[[nodiscard]] machine::HelperTable helpers_of(Suite suite);

[[nodiscard]] Reply execute(Request const& request, Workspace workspace);

}  // namespace mbpf::runner
