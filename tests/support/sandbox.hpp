// SPDX-License-Identifier: MIT
// One program with everything it needs to run, on heap blocks of exactly the right size, so that
// AddressSanitizer sees the first byte outside. It runs in place, accelerated, and on the
// reference interpreter, each time from the same state at the same addresses.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "mbpf/interpreter/interpreter.hpp"
#include "tests/support/assembler.hpp"
#include "tests/support/test_helpers.hpp"

namespace mbpf::test {

struct Setup {
    std::vector<std::byte> text;
    std::vector<std::byte> rodata;
    std::vector<std::byte> data;
    std::uint32_t bss_bytes{};
    std::vector<std::byte> context;
    machine::Permission context_permission = machine::Permission::ReadWrite;
    Budget budget{100'000};
    verifier::Policy policy{.granted = machine::HelperSet::all()};
    std::uint32_t entry_slot{};
};

enum class Way : std::uint8_t { InPlace, Accelerated, Reference };

// All that can be seen of a run.
struct Observation {
    machine::Outcome outcome{};
    std::vector<std::byte> own;  // Stack, data and bss.
    std::vector<std::byte> context;
};

// What an exact-size block of memory holds; never empty, so that it has an address.
class Block {
public:
    explicit Block(std::vector<std::byte> const& contents);
    Block(Block const&) = delete;
    Block& operator=(Block const&) = delete;
    [[nodiscard]] WritableBytes bytes() const { return {memory_.get(), size_}; }

private:
    std::unique_ptr<std::byte[]> memory_;
    std::size_t size_;
};

class Sandbox {
public:
    explicit Sandbox(Setup setup);
    Sandbox(Sandbox const&) = delete;
    Sandbox& operator=(Sandbox const&) = delete;

    // Why the program was not accepted.
    [[nodiscard]] std::optional<Error> refusal() const { return refusal_; }
    [[nodiscard]] verifier::VerifiedProgram const& verified() const { return *verified_; }
    [[nodiscard]] machine::Instance& instance() { return instance_; }
    [[nodiscard]] Bytes text() const { return text_.bytes(); }
    [[nodiscard]] Bytes accelerated_text() const { return accelerated_->bytes(); }

    [[nodiscard]] Observation run(Way way);
    [[nodiscard]] Observation run(Way way, Budget budget);

private:
    void reset();
    [[nodiscard]] Observation observe(machine::Outcome const& outcome) const;
    [[nodiscard]] Observation run_reference(Budget budget);

    Setup setup_;
    Block text_;
    Block rodata_;
    Block data_;
    Block context_;
    program::Program program_;
    std::optional<Error> refusal_;
    std::optional<verifier::VerifiedProgram> verified_;
    std::optional<Block> accelerated_;
    std::optional<verifier::VerifiedProgram> accelerated_program_;
    std::optional<Block> memory_;
    machine::Instance instance_;
};

// Whether two observations are equal: of the result only where there is one.
[[nodiscard]] bool agree(Observation const& a, Observation const& b);
[[nodiscard]] std::string describe(Observation const& observation);

// Runs all three ways and says where they differ; empty if they agree.
[[nodiscard]] std::string compare_ways(Sandbox& sandbox, Budget budget);

}  // namespace mbpf::test
