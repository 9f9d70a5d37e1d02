// SPDX-License-Identifier: MIT
// What the fuzzers of the formats do with whatever opens: read all of it, verify it, and run what
// is verified. Every block of memory has exactly its size, so that AddressSanitizer sees the first
// byte outside.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "mbpf/interpreter/interpreter.hpp"
#include "tests/support/sandbox.hpp"

namespace mbpf::fuzz {

inline void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

// A copy of the input on the heap, 8-aligned, to its last byte.
class Input {
public:
    Input(std::uint8_t const* data, std::size_t size) : bytes_{new std::byte[size]}, size_{size} {
        std::transform(data, data + size, bytes_.get(),
                       [](std::uint8_t b) { return std::byte{b}; });
    }
    explicit Input(Bytes bytes) : bytes_{new std::byte[bytes.size()]}, size_{bytes.size()} {
        std::ranges::copy(bytes, bytes_.get());
    }
    [[nodiscard]] Bytes bytes() const { return {bytes_.get(), size_}; }
    [[nodiscard]] WritableBytes writable() { return {bytes_.get(), size_}; }

private:
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t size_;
};

// Every byte that a view leads to.
inline void read_all(program::Program const& program) {
    unsigned volatile sum = 0;
    auto const read = [&](Bytes bytes) {
        for (std::byte const byte : bytes) {
            sum = sum + unsigned(byte);
        }
    };
    for (Bytes const bytes : {program.text.bytes(), program.rodata, program.data, program.lines,
                              program.data_relocations, program.rights.helper_ids}) {
        read(bytes);
    }
    require(program.entries.size() >= 1);
    for (std::uint32_t i = 0; i < program.entries.size(); ++i) {
        program::Entry const entry = program.entries.at(i);
        require(entry.pc.slot < program.text.slots());
        read(as_bytes(entry.name));
        require(entry.name.empty() || program.entries.find(entry.name).has_value());
    }
    for (std::uint32_t i = 0; i < program.data_relocation_count(); ++i) {
        require(fits(program.data_relocation(i).offset, 8, program.data.size()));
    }
    for (std::uint32_t i = 0; i < program.rights.helper_count(); ++i) {
        require(program.rights.requests_helper(program.rights.helper(i)));
    }
}

// One run of a verified program, from a fresh state. Addresses differ from run to run: only how it
// ends can be compared.
inline machine::Outcome run(verifier::VerifiedProgram const& verified, Pc entry) {
    constexpr std::size_t context_bytes = 24;
    constexpr Budget budget{2000};
    test::Block const memory{
        std::vector<std::byte>(machine::memory_bytes(verified.program(), verified.plan()))};
    test::Block const context{std::vector<std::byte>(context_bytes, std::byte{0x5a})};
    machine::Instance instance;
    require(
        instance.prepare(verified.program(), verified.plan(), memory.bytes(), test::test_helpers())
            .has_value());
    require(instance
                .set_context({address_of(context.bytes().data()), context_bytes,
                              machine::Permission::ReadWrite})
                .has_value());
    machine::Outcome const outcome = interpreter::run(verified, instance, entry, budget);
    // A straight line may be walked to its end.
    require(outcome.instructions <= budget.instructions + verified.text().slots() + 1);
    require(outcome.report.trap != machine::Trap::Illegal);
    return outcome;
}

// Runs what the verifier accepts, in place and accelerated, from each of its first entries.
inline void verify_and_run(program::Program const& program) {
    constexpr std::uint32_t max_memory_bytes = 1 << 20;
    constexpr std::uint32_t max_entries = 4;
    verifier::Policy const policy{.granted = machine::HelperSet::all(),
                                  .recursion = verifier::Recursion::Allowed};
    Result<verifier::VerifiedProgram> const verified =
        verifier::verify(program, test::test_helpers(), policy);
    if (!verified.has_value()) {
        require(verified.error().fault != Fault::None);
        return;
    }
    if (machine::memory_bytes(program, verified->plan()) > max_memory_bytes) {
        return;
    }
    std::vector<std::byte> scratch(verifier::scratch_bytes(program.text.slots()));
    static_cast<void>(verifier::refuse_dead_code(*verified, scratch).has_value());

    Input text{program.text.bytes()};
    program::Program accelerated = program;
    accelerated.text = isa::Text{text.bytes()};
    Result<verifier::VerifiedProgram> const again =
        verifier::verify(accelerated, test::test_helpers(), policy);
    require(again.has_value());
    interpreter::accelerate(*again, text.writable());
    for (std::uint32_t i = 0; i < std::min(program.entries.size(), max_entries); ++i) {
        Pc const entry = program.entries.at(i).pc;
        static_cast<void>(run(*verified, entry));
        static_cast<void>(run(*again, entry));
    }
    interpreter::restore(text.writable());
    require(std::ranges::equal(text.bytes(), program.text.bytes()));
}

// The whole of it, for a result of any loader.
inline int examine(Result<program::Program> const& opened) {
    if (!opened.has_value()) {
        require(opened.error().fault != Fault::None);
        return 0;
    }
    read_all(*opened);
    verify_and_run(*opened);
    return 0;
}

}  // namespace mbpf::fuzz
