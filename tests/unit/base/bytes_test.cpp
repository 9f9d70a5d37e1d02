// SPDX-License-Identifier: MIT
#include "mbpf/base/bytes.hpp"

#include <array>
#include <limits>

#include <gtest/gtest.h>

namespace mbpf {
namespace {

constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();

static_assert(fits(0, 0, 0) && fits(8, 0, 8) && fits(0, 8, 8) && fits(3, 5, 8));
static_assert(!fits(9, 0, 8) && !fits(8, 1, 8) && !fits(0, 9, 8));
static_assert(!fits(largest, 1, 8) && !fits(1, largest, 8) && !fits(largest, largest, 8));
static_assert(fits(0, largest, largest) && fits(largest, 0, largest));

static_assert(align_up(0, 8) == 0 && align_up(1, 8) == 8 && align_up(8, 8) == 8);
static_assert(align_up(9, 4) == 12);

TEST(Bytes, LoadsAndStoresAtAnyAlignment) {
    std::array<std::byte, 16> memory{};
    for (std::size_t at = 0; at <= 8; ++at) {
        memory.fill(std::byte{0});
        store(memory.data() + at, std::uint64_t{0x8877'6655'4433'2211});
        EXPECT_EQ(load<std::uint64_t>(memory.data() + at), 0x8877'6655'4433'2211u);
        EXPECT_EQ(memory[at], std::byte{0x11});
        EXPECT_EQ(load<std::int8_t>(Bytes{memory}, at + 7), std::int8_t(0x88));
    }
}

TEST(Bytes, AddressesComeBackAsTheSamePointer) {
    std::array<std::byte, 4> memory{};
    EXPECT_EQ(pointer_to(address_of(&memory[2])), &memory[2]);
}

TEST(Bytes, TextAndBytesShareMemory) {
    std::string_view const text = "abc";
    Bytes const bytes = as_bytes(text);
    EXPECT_EQ(bytes.size(), 3u);
    EXPECT_EQ(bytes[1], std::byte{'b'});
    EXPECT_EQ(as_text(bytes).data(), text.data());
}

}  // namespace
}  // namespace mbpf
