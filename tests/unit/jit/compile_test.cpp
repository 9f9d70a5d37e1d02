// SPDX-License-Identifier: MIT
// jit::compile() on a PC: what it says when memory is too small, and that it keeps within it.
#include <vector>

#include <gtest/gtest.h>

#include "mbpf/jit/jit.hpp"
#include "mbpf/program/open.hpp"
#include "runner/runner.hpp"

namespace mbpf::test {
namespace {

constexpr std::byte canary{0xa5};

// A verified program on a prepared machine, and a compiler for it.
class Subject {
public:
    // `opcodes` of instructions whose other fields are 0, and an exit.
    explicit Subject(std::vector<std::uint8_t> const& opcodes) {
        for (std::uint8_t const opcode : opcodes) {
            text_.push_back(std::byte{opcode});
            text_.resize(text_.size() + slot_bytes - 1);
        }
        text_.push_back(std::byte{0x95});
        text_.resize(text_.size() + slot_bytes - 1);
        verifier::Policy policy;
        policy.granted = machine::HelperSet::all();
        machine::HelperTable const helpers = runner::helpers_of(runner::Suite::Standard);
        Result<program::Program> const opened = program::open_text(text_);
        program_ = *opened;
        Result<verifier::VerifiedProgram> const verified =
            verifier::verify(program_, helpers, policy);
        EXPECT_TRUE(verified.has_value());
        verified_ = *verified;
        memory_.resize(machine::memory_bytes(program_, verified_->plan()));
        EXPECT_TRUE(instance_.prepare(program_, verified_->plan(), memory_, helpers).has_value());
    }

    [[nodiscard]] std::vector<std::byte> const& text() const { return text_; }
    [[nodiscard]] Result<jit::Code> drop_text(jit::Code const& code, WritableBytes memory) {
        return jit::drop_text(code, *verified_, memory);
    }
    [[nodiscard]] std::uint32_t slots() const { return program_.text.slots(); }
    [[nodiscard]] Result<jit::Code> compile(WritableBytes code, std::size_t workspace) {
        workspace_.assign(workspace, std::byte{});
        return jit::compile(*verified_, instance_, code, workspace_);
    }

private:
    std::vector<std::byte> text_;
    std::vector<std::byte> memory_;
    std::vector<std::byte> workspace_;
    program::Program program_;
    std::optional<verifier::VerifiedProgram> verified_;
    machine::Instance instance_;
};

constexpr std::uint8_t jump = 0x05;  // To the next instruction.
constexpr std::uint8_t if_equal = 0x15;
constexpr std::uint8_t add = 0x07;

TEST(Compile, SaysHowMuchWorkspaceManyJumpsTake) {
    Subject subject{std::vector<std::uint8_t>(600, jump)};
    std::vector<std::byte> code(1 << 16);
    Result<jit::Code> const refused = subject.compile(code, jit::scratch_bytes(subject.slots()));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().fault, Fault::MemoryTooSmall);
    EXPECT_GT(refused.error().allowed, refused.error().found);
    EXPECT_FALSE(subject.compile(code, refused.error().allowed - 8).has_value());
    EXPECT_TRUE(subject.compile(code, refused.error().allowed).has_value());
}

TEST(Compile, SaysHowMuchWorkspaceItTakesAtLeast) {
    Subject subject{{add}};
    std::vector<std::byte> code(1 << 10);
    Result<jit::Code> const refused = subject.compile(code, 0);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().fault, Fault::MemoryTooSmall);
    EXPECT_GT(refused.error().allowed, 0u);
}

TEST(Compile, SaysHowMuchCodeItMakesAndNeverWritesMore) {
    std::vector<std::uint8_t> opcodes;
    for (int i = 0; i < 40; ++i) {
        opcodes.insert(opcodes.end(), {add, if_equal, jump, 0x87, 0x67, if_equal});
    }
    Subject subject{opcodes};
    std::vector<std::byte> large(1 << 16);
    Result<jit::Code> const whole = subject.compile(large, 1 << 16);
    ASSERT_TRUE(whole.has_value());
    std::size_t const bytes = whole->memory.size();
    for (std::size_t room = 0; room <= bytes; room += room + 66 < bytes ? 66 : 2) {
        std::vector<std::byte> code(bytes + 64, canary);
        Result<jit::Code> const tried = subject.compile(WritableBytes{code}.first(room), 1 << 16);
        if (room < bytes) {
            ASSERT_FALSE(tried.has_value()) << room;
            EXPECT_EQ(tried.error(),
                      (Error{Fault::MemoryTooSmall, 0, std::uint32_t(room), std::uint32_t(bytes)}));
        } else {
            ASSERT_TRUE(tried.has_value());
            EXPECT_TRUE(
                std::equal(code.begin(), code.begin() + std::ptrdiff_t(bytes), large.begin()));
        }
        for (std::size_t i = room; i < code.size(); ++i) {
            ASSERT_EQ(code[i], canary) << "byte " << i << " of " << room;
        }
    }
}

TEST(Compile, MakesTheSameTwiceAndKeepsTheBytecode) {
    Subject subject{{add, if_equal, 0x67, 0x87, 0x77}};
    std::vector<std::byte> const before = subject.text();
    std::vector<std::byte> first(1 << 12);
    std::vector<std::byte> second(1 << 12, canary);
    Result<jit::Code> const once = subject.compile(first, 1 << 12);
    Result<jit::Code> const twice = subject.compile(second, 1 << 12);
    ASSERT_TRUE(once.has_value() && twice.has_value());
    EXPECT_TRUE(std::ranges::equal(once->memory, twice->memory));
    EXPECT_EQ(subject.text(), before);
}

TEST(Compile, RefusesWhatBecomesLongerThanOffsetsCanSay) {
    constexpr std::uint8_t multiply = 0x2f;
    Subject subject{std::vector<std::uint8_t>(20'000, multiply)};
    std::vector<std::byte> code(1 << 20);
    for (std::size_t const room : {std::size_t{0}, code.size()}) {
        Result<jit::Code> const refused =
            subject.compile(WritableBytes{code}.first(room), jit::scratch_bytes(subject.slots()));
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().fault, Fault::CodeTooLong);
        EXPECT_GT(refused.error().found, refused.error().allowed);
        EXPECT_EQ(refused.error().allowed, 0x2'0000u);
    }
}

TEST(DropText, KeepsTheInstructionsThatServicesLookAt) {
    constexpr std::uint8_t load_u8 = 0x71;
    constexpr std::uint8_t load_u32 = 0x61;
    Subject subject{{add, load_u8, if_equal, load_u32, add}};
    std::vector<std::byte> memory(1 << 12, canary);
    Result<jit::Code> const code = subject.compile(memory, 1 << 12);
    ASSERT_TRUE(code.has_value());
    Result<jit::Code> const refused = subject.drop_text(*code, code->memory);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().fault, Fault::MemoryTooSmall);
    std::size_t const needed = refused.error().allowed;
    EXPECT_FALSE(subject.drop_text(*code, WritableBytes{memory}.first(needed - 1)).has_value());
    Result<jit::Code> const dropped = subject.drop_text(*code, WritableBytes{memory}.first(needed));
    ASSERT_TRUE(dropped.has_value());
    EXPECT_EQ(dropped->memory.size(), needed);
    std::byte const* const end = memory.data() + needed;
    ASSERT_GE(end - dropped->text, std::ptrdiff_t(2 * slot_bytes));
    EXPECT_EQ(dropped->text[0], std::byte{load_u8});
    EXPECT_EQ(dropped->text[slot_bytes], std::byte{load_u32});
    EXPECT_EQ(memory[needed], canary);
}

}  // namespace
}  // namespace mbpf::test
