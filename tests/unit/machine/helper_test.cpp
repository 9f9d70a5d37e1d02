// SPDX-License-Identifier: MIT
// What a helper may be passed, and the tables of helpers.
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>

#include <gtest/gtest.h>

#include "mbpf/machine/machine.hpp"
#include "tests/support/print.hpp"
#include "tests/support/test_helpers.hpp"

namespace mbpf::machine {
namespace {

using test::TestHelper;

static_assert(readable(31).kind() == ArgKind::Readable && readable(31).amount() == 31);
static_assert(writable_sized_by(5).kind() == ArgKind::WritableSized);
static_assert(writable_sized_by(5).amount() == 5);
static_assert(!scalar.is_pointer() && !Arg{}.is_pointer() && text.is_pointer());
static_assert(readable(1).is_pointer() && writable(1).is_pointer());
static_assert(writable(1).is_written() && writable_sized_by(1).is_written());
static_assert(!readable(1).is_written() && !readable_sized_by(1).is_written());
static_assert(!text.is_written() && text.is_text());
static_assert(readable_sized_by(1).is_sized() && !readable(1).is_sized());

// What a function promises, and whether it gives anything back, is its own affair.
std::uint64_t last_set = 0;
void set_last(std::uint32_t value) noexcept { last_set = value; }
void fail_if(Instance& instance, std::uint32_t value) noexcept {
    if (value != 0) {
        instance.fail_helper();
    }
}

TEST(Binding, OfFunctionsWithoutResultThatDoNotThrow) {
    constexpr Helper plain = helper<set_last>({0xa0}, scalar);
    constexpr Helper failing = helper<fail_if>({0xa1}, scalar);
    Instance instance;
    std::uint64_t const args[5] = {7, 0, 0, 0, 0};
    EXPECT_EQ(plain.call(instance, args), 0u);
    EXPECT_EQ(last_set, 7u);
    EXPECT_EQ(failing.call(instance, args), 0u);
    EXPECT_TRUE(instance.take_helper_failure());
}

constexpr std::uint64_t nowhere = 0x10;

// An instance with two regions on the heap, so that AddressSanitizer sees reads outside.
class Admission : public testing::Test {
protected:
    Admission() {
        program_.text = isa::Text{text_};
        EXPECT_TRUE(instance_
                        .prepare(program_, {},
                                 {static_cast<std::byte*>(static_cast<void*>(&memory_)), 8}, {})
                        .has_value());
        lend(*source_, Permission::Read);
        lend(*target_, Permission::Write);
        source_->fill('x');
    }
    using Block = std::array<char, 24>;

    void lend(Block const& block, Permission permission) {
        EXPECT_TRUE(instance_.lend({address_of(block.data()), 24, permission}).has_value());
    }
    [[nodiscard]] std::uint64_t source(std::uint64_t offset = 0) const {
        return address_of(source_->data()) + offset;
    }
    [[nodiscard]] std::uint64_t target(std::uint64_t offset = 0) const {
        return address_of(target_->data()) + offset;
    }
    // The pointer first, then a size.
    [[nodiscard]] bool admits(Arg arg, std::uint64_t address, std::uint64_t size = 0) const {
        std::uint64_t const args[5] = {address, size, 0, 0, 0};
        return instance_.admits(arg, args, 0) != nullptr;
    }

    std::vector<std::byte> text_ = std::vector<std::byte>(8);
    program::Program program_;
    std::uint64_t memory_{};
    std::unique_ptr<Block> source_ = std::make_unique<Block>();
    std::unique_ptr<Block> target_ = std::make_unique<Block>();
    Instance instance_;
};

TEST_F(Admission, OfReadableBytes) {
    EXPECT_TRUE(admits(readable(24), source()));
    EXPECT_TRUE(admits(readable(1), source(23)));
    EXPECT_FALSE(admits(readable(25), source()));
    EXPECT_FALSE(admits(readable(24), source(1)));
    EXPECT_FALSE(admits(readable(1), source(24)));
    EXPECT_FALSE(admits(readable(1), source() - 1));
    EXPECT_FALSE(admits(readable(1), target()));
    EXPECT_FALSE(admits(readable(8), 0));
    EXPECT_FALSE(admits(readable(8), ~std::uint64_t{0}));
    EXPECT_FALSE(admits(readable(8), 0 - std::uint64_t{8}));
}

TEST_F(Admission, OfWritableBytes) {
    EXPECT_TRUE(admits(writable(24), target()));
    EXPECT_TRUE(admits(writable(4), target(20)));
    EXPECT_FALSE(admits(writable(4), target(21)));
    EXPECT_FALSE(admits(writable(25), target()));
    EXPECT_FALSE(admits(writable(4), source()));
    EXPECT_FALSE(admits(writable(4), target() - 1));
    EXPECT_FALSE(admits(writable(4), nowhere));
}

TEST_F(Admission, OfSizedBytes) {
    EXPECT_TRUE(admits(readable_sized_by(2), source(), 24));
    EXPECT_TRUE(admits(readable_sized_by(2), source(8), 16));
    EXPECT_FALSE(admits(readable_sized_by(2), source(8), 17));
    EXPECT_FALSE(admits(readable_sized_by(2), source(), 0xffff'ffff));
    EXPECT_FALSE(admits(readable_sized_by(2), target(), 1));
    EXPECT_TRUE(admits(writable_sized_by(2), target(), 24));
    EXPECT_FALSE(admits(writable_sized_by(2), target(), 25));
    EXPECT_FALSE(admits(writable_sized_by(2), source(), 1));
}

TEST_F(Admission, LooksAtTheSizeAsTheHelperWill) {
    // 32 bits of it.
    EXPECT_TRUE(admits(readable_sized_by(2), source(), 0xffff'ffff'0000'0018));
    EXPECT_FALSE(admits(readable_sized_by(2), source(), 0xffff'ffff'0000'0019));
    EXPECT_FALSE(admits(readable_sized_by(2), source(), 0x0000'0001'ffff'ffff));
}

TEST_F(Admission, OfNoBytesIsAnywhere) {
    for (std::uint64_t const address : {std::uint64_t{0}, nowhere, source(24), target()}) {
        EXPECT_TRUE(admits(readable_sized_by(2), address, 0));
        EXPECT_TRUE(admits(writable_sized_by(2), address, 0x1'0000'0000));
        EXPECT_TRUE(admits(Arg{std::uint8_t(ArgKind::Readable)}, address));
        EXPECT_FALSE(admits(readable_sized_by(2), address == source(24) ? nowhere : source(24), 1));
    }
}

TEST_F(Admission, OfText) {
    EXPECT_FALSE(admits(text, source()));  // Without an end.
    (*source_)[10] = 0;
    EXPECT_TRUE(admits(text, source()));
    EXPECT_TRUE(admits(text, source(10)));
    EXPECT_FALSE(admits(text, source(11)));
    (*source_)[23] = 0;
    EXPECT_TRUE(admits(text, source(11)));
    EXPECT_TRUE(admits(text, source(23)));
    EXPECT_FALSE(admits(text, source(24)));
    EXPECT_FALSE(admits(text, source() - 1));
    EXPECT_FALSE(admits(text, 0));
    target_->fill(0);
    EXPECT_FALSE(admits(text, target()));  // Not readable.
}

TEST_F(Admission, MeasuresText) {
    EXPECT_EQ(instance_.text_length(source()), -1);
    (*source_)[10] = 0;
    EXPECT_EQ(instance_.text_length(source()), 10);
    EXPECT_EQ(instance_.text_length(source(3)), 7);
    EXPECT_EQ(instance_.text_length(source(10)), 0);
    EXPECT_EQ(instance_.text_length(source(11)), -1);
    (*source_)[23] = 0;
    EXPECT_EQ(instance_.text_length(source(11)), 12);
    EXPECT_EQ(instance_.text_length(source()), 10);
    EXPECT_EQ(instance_.text_length(source(24)), -1);
    EXPECT_EQ(instance_.text_length(0), -1);
    EXPECT_EQ(instance_.text_length(~std::uint64_t{0}), -1);
    EXPECT_EQ(instance_.text_length(target()), -1);
}

TEST_F(Admission, FindsTheSizeInAnyArgument) {
    std::uint64_t const args[5] = {1, 2, source(), 4, 24};
    EXPECT_NE(instance_.admits(readable_sized_by(5), args, 2), nullptr);
    EXPECT_NE(instance_.admits(readable_sized_by(1), args, 2), nullptr);
    std::uint64_t const longer[5] = {1, 2, source(), 4, 25};
    EXPECT_EQ(instance_.admits(readable_sized_by(5), longer, 2), nullptr);
}

TEST(HelperSet, HoldsWhatWasAdded) {
    HelperSet set;
    for (std::uint32_t id = 0; id < 300; ++id) {
        EXPECT_FALSE(set.contains(HelperId{id}));
    }
    for (std::uint32_t const id : {0u, 1u, 31u, 32u, 63u, 64u, 254u, 255u}) {
        set.add(HelperId{id});
        EXPECT_TRUE(set.contains(HelperId{id}));
    }
    for (std::uint32_t const id : {2u, 30u, 33u, 62u, 65u, 128u, 253u}) {
        EXPECT_FALSE(set.contains(HelperId{id}));
    }
}

TEST(HelperSet, HoldsNoIdAbove255) {
    HelperSet set = HelperSet::all();
    for (std::uint32_t id = 0; id <= 255; ++id) {
        EXPECT_TRUE(set.contains(HelperId{id}));
    }
    HelperSet few;
    for (std::uint32_t const id : {256u, 257u, 0x1'0000u, 0x8000'0000u, 0xffff'ffffu}) {
        few.add(HelperId{id});
        EXPECT_FALSE(few.contains(HelperId{id}));
        EXPECT_FALSE(set.contains(HelperId{id}));
    }
    EXPECT_FALSE(few.contains(HelperId{0}));
    EXPECT_FALSE(few.contains(HelperId{1}));
}

TEST(HelperTable, FindsEachHelperByItsId) {
    HelperTable const table = test::test_helpers();
    std::uint32_t found = 0;
    for (std::uint32_t id = 0; id < 0x1'0100; ++id) {
        Helper const* const helper = table.find(HelperId{id});
        if (helper == nullptr) {
            continue;
        }
        ++found;
        EXPECT_EQ(helper->id, id);
        EXPECT_EQ(&table.at(HelperId{id}), helper);
    }
    EXPECT_EQ(found, 10u);
    EXPECT_EQ(table.find(HelperId{256 + 1}), nullptr);
    EXPECT_EQ(table.find(HelperId{0xffff'ff01}), nullptr);
}

TEST(HelperTable, OfNoHelpersFindsNone) {
    HelperTable const table;
    for (std::uint32_t const id : {0u, 1u, 255u, 256u, 0xffff'ffffu}) {
        EXPECT_EQ(table.find(HelperId{id}), nullptr);
    }
}

Helper const& helper_of(TestHelper id) {
    return test::test_helpers().at(HelperId{std::uint32_t(id)});
}

TEST(HelperGate, IsOpenOnlyWithoutPointersAndFailures) {
    using Gate = Helper::Gate;
    EXPECT_EQ(helper_of(TestHelper::Mix).gate, Gate::Open);
    EXPECT_EQ(helper_of(TestHelper::Narrow).gate, Gate::Open);
    // Where a pointer fits the low half of a register, one of them is admitted on the way.
    constexpr bool is_small = sizeof(void*) <= 4;
    EXPECT_EQ(helper_of(TestHelper::Fetch).gate, is_small ? Gate(2) : Gate::Checked);
    EXPECT_EQ(helper_of(TestHelper::FillLast).gate, is_small ? Gate(5) : Gate::Checked);
    EXPECT_EQ(helper_of(TestHelper::TextSize).gate, is_small ? Gate(0x11) : Gate::Checked);
    EXPECT_EQ(helper_of(TestHelper::Copy).gate, Gate::Checked);
    EXPECT_EQ(helper_of(TestHelper::Sum).gate, Gate::Checked);
    EXPECT_EQ(helper_of(TestHelper::Multiply).gate, Gate::Checked);
    EXPECT_EQ(helper_of(TestHelper::FailIfOdd).gate, Gate::Fallible);
}

TEST(HelperGate, KnowsWhichArgumentsArePointers) {
    EXPECT_EQ(helper_of(TestHelper::Mix).pointers, 0);
    EXPECT_EQ(helper_of(TestHelper::Fetch).pointers, 0b10);
    EXPECT_EQ(helper_of(TestHelper::Copy).pointers, 0b11);
    EXPECT_EQ(helper_of(TestHelper::FillLast).pointers, 0b10000);
    EXPECT_EQ(helper_of(TestHelper::Mix).args[4].kind(), ArgKind::Scalar);
    EXPECT_EQ(helper_of(TestHelper::Fetch).args[2].kind(), ArgKind::Unused);
}

TEST(HelperCall, ZeroExtendsResultsOf32BitsOrLess) {
    Instance instance;
    std::uint64_t const args[5] = {0xffff'ffff'ffff'ff80, 0, 0, 0, 0};
    EXPECT_EQ(helper_of(TestHelper::Narrow).call(instance, args), 0xffff'ff80u);
    EXPECT_EQ(helper_of(TestHelper::Narrow).direct(0xffff'ff80, 0, 0, 0, 0), 0xffff'ff80u);
    std::uint64_t const wide[5] = {0x1'0000'0000, 3, 0, 0, 0};
    EXPECT_EQ(helper_of(TestHelper::Multiply).call(instance, wide), 0x3'0000'0000u);
    EXPECT_EQ(helper_of(TestHelper::Multiply).direct, nullptr);
}

TEST(HelperCall, OfAFunctionWithoutAResultGives0) {
    Instance instance;
    std::uint64_t const args[5] = {7, 0, 0, 0, 0};
    EXPECT_EQ(helper_of(TestHelper::FailIfOdd).call(instance, args), 0u);
    EXPECT_TRUE(instance.take_helper_failure());
}

}  // namespace
}  // namespace mbpf::machine
