// SPDX-License-Identifier: MIT
#include "mbpf/isa/instruction.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace mbpf::isa {
namespace {

static_assert(make_slot(0x12, 3, 4, -2, -5).opcode() == 0x12);
static_assert(make_slot(0, 3, 4, 0, 0).dst() == 3 && make_slot(0, 3, 4, 0, 0).src() == 4);
static_assert(make_slot(0, 0, 0, -32768, 0).offset() == -32768);
static_assert(make_slot(0, 15, 15, -1, -1).imm() == -1);
static_assert(make_slot(0xff, 0, 0, 0, 0) == Slot{0xff, 0});

TEST(Slot, LiesInMemoryAsRfc9669Section3Draws) {
    std::vector<std::byte> const bytes{std::byte{0x7b}, std::byte{0x21}, std::byte{0xfe},
                                       std::byte{0xff}, std::byte{0x78}, std::byte{0x56},
                                       std::byte{0x34}, std::byte{0x12}};
    EXPECT_EQ(load<Slot>(bytes.data()), make_slot(0x7b, 1, 2, -2, 0x1234'5678));
}

TEST(Text, CountsWholeSlots) {
    std::vector<std::byte> const bytes(23);
    EXPECT_EQ(Text{bytes}.slots(), 2u);
    EXPECT_EQ(Text{}.slots(), 0u);
}

TEST(Text, ReadsSlotsAtAddressesThatAreMultiplesOf4) {
    std::vector<std::uint64_t> storage(3);
    std::byte* const start = static_cast<std::byte*>(static_cast<void*>(storage.data())) + 4;
    store(start + slot_bytes, make_slot(0x95, 0, 0, 0, 7));
    Text const text{Bytes{start, 2 * slot_bytes}};
    EXPECT_EQ(text[Pc{1}], make_slot(0x95, 0, 0, 0, 7));
}

}  // namespace
}  // namespace mbpf::isa
