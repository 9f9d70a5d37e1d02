// SPDX-License-Identifier: MIT
// Instance::prepare(): the layout of a program's memory, what it holds, and what is refused.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "mbpf/machine/machine.hpp"
#include "tests/support/print.hpp"
#include "tests/support/test_helpers.hpp"

namespace mbpf::machine {
namespace {

// 8-aligned memory of any size, full of 0xee, with a guard behind it.
class Memory {
public:
    explicit Memory(std::size_t bytes)
        : words_(bytes / 8 + 2, 0xeeee'eeee'eeee'eeee), size_{bytes} {}
    [[nodiscard]] std::byte* start() {
        return static_cast<std::byte*>(static_cast<void*>(words_.data()));
    }
    [[nodiscard]] WritableBytes bytes() { return {start(), size_}; }
    [[nodiscard]] bool is_guard_intact() {
        for (std::size_t i = size_; i < size_ + 8; ++i) {
            if (start()[i] != std::byte{0xee}) {
                return false;
            }
        }
        return true;
    }

private:
    std::vector<std::uint64_t> words_;
    std::size_t size_;
};

class Prepare : public testing::Test {
protected:
    Prepare() {
        program_.text = isa::Text{text_};
        program_.data = data_;
        program_.rodata = rodata_;
        program_.bss_bytes = 3;
    }
    [[nodiscard]] Error prepare(Memory& memory, StackPlan plan) {
        Result<void> const done =
            instance_.prepare(program_, plan, memory.bytes(), test::test_helpers());
        return done.has_value() ? Error{} : done.error();
    }
    void set_relocations(std::vector<program::DataRelocation> const& all) {
        relocations_.clear();
        for (program::DataRelocation const& relocation : all) {
            std::uint32_t const word = relocation.packed();
            for (unsigned i = 0; i < 4; ++i) {
                relocations_.push_back(std::byte(word >> (8 * i)));
            }
        }
        program_.data_relocations = relocations_;
    }

    std::vector<std::byte> text_ = std::vector<std::byte>(8);
    std::vector<std::byte> data_ = std::vector<std::byte>(16, std::byte{0x77});
    std::vector<std::byte> rodata_ = std::vector<std::byte>(5, std::byte{0x55});
    std::vector<std::byte> relocations_;
    program::Program program_;
    Instance instance_;
};

// 2 saved frames, 3 frames of 16 bytes, 16 bytes of data, 3 of bss rounded up.
constexpr StackPlan plan{16, 3};
constexpr std::uint32_t saved = 2 * sizeof(SavedFrame);
constexpr std::uint32_t own = 48 + 24;
constexpr std::uint32_t needed = saved + own + 8;  // The stack's end may need padding.

TEST_F(Prepare, LaysMemoryOutAsDrawn) {
    EXPECT_EQ(memory_bytes(program_, plan), needed);
    Memory memory{saved + own};
    ASSERT_EQ(prepare(memory, plan), Error{});
    std::uintptr_t const start = address_of(memory.start());
    EXPECT_EQ(address_of(instance_.saved_frames()), start);
    EXPECT_EQ(instance_.own().base, start + saved);
    EXPECT_EQ(instance_.own().bytes, own);
    EXPECT_EQ(instance_.own().permission, Permission::ReadWrite);
    EXPECT_EQ(instance_.frame_pointer(), start + saved + 48);
    EXPECT_EQ(instance_.data_address(), start + saved + 48);
    EXPECT_EQ(instance_.rodata().base, address_of(rodata_.data()));
    EXPECT_EQ(instance_.rodata().bytes, 5u);
    EXPECT_EQ(instance_.rodata().permission, Permission::Read);
    EXPECT_EQ(instance_.context().bytes, 0u);
    EXPECT_EQ(instance_.plan().depth, 3);
    EXPECT_EQ(instance_.plan().frame_bytes, 16);
    EXPECT_TRUE(memory.is_guard_intact());
}

TEST_F(Prepare, ClearsStackAndBssAndCopiesData) {
    Memory memory{saved + own};
    ASSERT_EQ(prepare(memory, plan), Error{});
    for (std::uint32_t i = 0; i < own; ++i) {
        bool const is_data = i >= 48 && i < 64;
        EXPECT_EQ(memory.start()[saved + i], is_data ? std::byte{0x77} : std::byte{0}) << i;
    }
}

TEST_F(Prepare, PutsSavedFramesOutOfTheProgramsReach) {
    Memory memory{saved + own};
    ASSERT_EQ(prepare(memory, plan), Error{});
    std::uintptr_t const start = address_of(memory.start());
    EXPECT_FALSE(instance_.may_read(start, 1));
    EXPECT_FALSE(instance_.may_write(start + saved - 1, 1));
    EXPECT_FALSE(instance_.may_read(start + saved - 1, 2));
    EXPECT_TRUE(instance_.may_read(start + saved, own));
    EXPECT_FALSE(instance_.may_read(start + saved, own + 1));
    EXPECT_FALSE(instance_.may_read(start + saved + own, 1));
}

TEST_F(Prepare, LeavesMemoryThatItDoesNotNeedAlone) {
    Memory memory{saved + own + 40};
    ASSERT_EQ(prepare(memory, plan), Error{});
    for (std::uint32_t i = saved + own; i < saved + own + 40; ++i) {
        EXPECT_EQ(memory.start()[i], std::byte{0xee});
    }
    EXPECT_FALSE(instance_.may_read(address_of(memory.start()) + saved + own, 1));
}

TEST_F(Prepare, AlignsTheEndOfTheStackTo16WhereverMemoryIs) {
    for (std::uint16_t frame_bytes = 0; frame_bytes <= 40; frame_bytes += 8) {
        StackPlan const single{frame_bytes, 1};
        for (std::uint32_t const shift : {0u, 8u}) {
            std::uint32_t const bytes = memory_bytes(program_, single);
            Memory memory{shift + bytes};
            ASSERT_TRUE(
                instance_.prepare(program_, single, memory.bytes().subspan(shift), {}).has_value());
            EXPECT_EQ(instance_.frame_pointer() % 16, 0u);
            EXPECT_EQ(instance_.own().base, instance_.frame_pointer() - frame_bytes);
            EXPECT_GE(instance_.own().base, address_of(memory.start()) + shift);
            EXPECT_LE(instance_.own().base + instance_.own().bytes,
                      address_of(memory.start()) + shift + bytes);
            EXPECT_TRUE(memory.is_guard_intact());
        }
    }
}

TEST_F(Prepare, AlignsTheEndOfTheStackTo8IfThatIsAskedFor) {
    StackPlan const single{8, 1};
    Memory memory{8 + 24};
    ASSERT_TRUE(
        instance_.prepare(program_, single, memory.bytes(), {}, memory_alignment).has_value());
    EXPECT_EQ(instance_.frame_pointer(), address_of(memory.start()) + 8);
    EXPECT_EQ(prepare(memory, single),
              (Error{Fault::MemoryTooSmall, 0, 8 + 24, memory_bytes(program_, single)}));
}

TEST_F(Prepare, RefusesOneByteTooFew) {
    Memory memory{saved + own - 1};
    EXPECT_EQ(prepare(memory, plan), (Error{Fault::MemoryTooSmall, 0, saved + own - 1, needed}));
    Memory nothing{0};
    EXPECT_EQ(prepare(nothing, plan), (Error{Fault::MemoryTooSmall, 0, 0, needed}));
    for (std::size_t i = 0; i < saved + own - 1; ++i) {
        ASSERT_EQ(memory.start()[i], std::byte{0xee}) << "written before it was refused";
    }
}

TEST_F(Prepare, RefusesMemoryThatIsNotAligned) {
    Memory memory{saved + own + 8};
    for (std::uint32_t shift = 1; shift < 8; ++shift) {
        EXPECT_EQ(
            instance_.prepare(program_, plan, memory.bytes().subspan(shift), test::test_helpers())
                .error(),
            (Error{Fault::AddressNotAligned, 0, shift, 8}));
    }
}

TEST_F(Prepare, GivesEveryProgramAtLeast8Bytes) {
    program::Program empty;
    empty.text = isa::Text{text_};
    EXPECT_EQ(memory_bytes(empty, StackPlan{}), 16u);
    Memory memory{8};
    ASSERT_TRUE(instance_.prepare(empty, {}, memory.bytes(), {}).has_value());
    EXPECT_EQ(instance_.own().bytes, 8u);
    EXPECT_EQ(instance_.frame_pointer(), instance_.own().base);
    EXPECT_EQ(instance_.rodata().bytes, 0u);
    Memory less{7};
    EXPECT_EQ(instance_.prepare(empty, {}, less.bytes(), {}).error(),
              (Error{Fault::MemoryTooSmall, 0, 7, 16}));
}

TEST_F(Prepare, RoundsDataUpTo8) {
    program_.bss_bytes = 0;
    for (std::size_t bytes = 0; bytes <= 17; ++bytes) {
        std::vector<std::byte> const data(bytes);
        program_.data = data;
        EXPECT_EQ(memory_bytes(program_, StackPlan{8, 1}), 8 + (bytes + 7) / 8 * 8 + 8);
    }
}

std::uint64_t word_at(std::uintptr_t address) { return load<std::uint64_t>(pointer_to(address)); }

TEST_F(Prepare, WritesAddressesIntoData) {
    mbpf::store<std::uint64_t>(data_.data(), 3);
    mbpf::store<std::uint64_t>(data_.data() + 8, 0xffff'ffff'ffff'ffff);
    set_relocations({{0, true}, {8, false}});
    Memory memory{saved + own};
    ASSERT_EQ(prepare(memory, plan), Error{});
    EXPECT_EQ(word_at(instance_.data_address()), address_of(rodata_.data()) + 3);
    EXPECT_EQ(word_at(instance_.data_address() + 8), instance_.data_address() - 1);
    EXPECT_EQ(load<std::uint64_t>(data_.data()), 3u) << "the program itself must not change";
}

TEST_F(Prepare, WritesAddressesThatAreNotAligned) {
    std::ranges::fill(data_, std::byte{0});
    set_relocations({{3, false}});
    Memory memory{saved + own};
    ASSERT_EQ(prepare(memory, plan), Error{});
    EXPECT_EQ(word_at(instance_.data_address() + 3), instance_.data_address());
}

TEST_F(Prepare, RefusesRelocationsOutsideData) {
    Memory memory{saved + own};
    for (std::uint32_t const offset : {9u, 15u, 16u, 17u, 0x7fff'ffffu}) {
        set_relocations({{0, false}, {offset, true}});
        EXPECT_EQ(prepare(memory, plan), (Error{Fault::RelocationOutOfRange, 1, offset, 16}));
    }
    EXPECT_TRUE(memory.is_guard_intact());
    set_relocations({{8, true}});
    EXPECT_EQ(prepare(memory, plan), Error{});
}

TEST_F(Prepare, DoesNotRelocateBss) {
    program_.bss_bytes = 32;
    set_relocations({{16, true}});
    Memory memory{memory_bytes(program_, plan)};
    EXPECT_EQ(prepare(memory, plan), (Error{Fault::RelocationOutOfRange, 0, 16, 16}));
}

TEST_F(Prepare, StartsAfresh) {
    Memory memory{saved + own};
    ASSERT_EQ(prepare(memory, plan), Error{});
    int something = 0;
    instance_.set_environment(&something);
    instance_.request_stop();
    instance_.fail_helper();
    ASSERT_TRUE(instance_.lend({0x1000, 8, Permission::Read}).has_value());
    ASSERT_TRUE(instance_.set_context({0x2000, 8, Permission::Read}).has_value());
    memory.start()[saved + 50] = std::byte{1};
    ASSERT_EQ(prepare(memory, plan), Error{});
    EXPECT_EQ(instance_.environment(), nullptr);
    EXPECT_FALSE(instance_.stop_requested());
    EXPECT_FALSE(instance_.take_helper_failure());
    EXPECT_FALSE(instance_.may_read(0x1000, 1));
    EXPECT_FALSE(instance_.may_read(0x2000, 1));
    EXPECT_EQ(memory.start()[saved + 50], std::byte{0x77});
}

TEST_F(Prepare, KeepsTheHelpers) {
    Memory memory{saved + own};
    ASSERT_EQ(prepare(memory, plan), Error{});
    EXPECT_EQ(instance_.helpers().find(HelperId{1}), test::test_helpers().find(HelperId{1}));
}

TEST_F(Prepare, TakesAHelpersFailureOnce) {
    EXPECT_FALSE(instance_.take_helper_failure());
    instance_.fail_helper();
    EXPECT_TRUE(instance_.take_helper_failure());
    EXPECT_FALSE(instance_.take_helper_failure());
}

TEST_F(Prepare, StopsUntilCleared) {
    instance_.request_stop();
    EXPECT_TRUE(instance_.stop_requested());
    instance_.clear_stop();
    EXPECT_FALSE(instance_.stop_requested());
}

static_assert(StackPlan{512, 8}.stack_bytes() == 4096);
static_assert(StackPlan{8, 1}.saved_bytes() == 0);
static_assert(StackPlan{8, 8}.saved_bytes() == 7 * sizeof(SavedFrame));
static_assert(sizeof(SavedFrame) % 8 == 0, "the stack behind the frames stays aligned");

}  // namespace
}  // namespace mbpf::machine
