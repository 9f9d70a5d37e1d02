// SPDX-License-Identifier: MIT
// What a text and its entries must be before any instruction is looked at.
#include <gtest/gtest.h>

#include "tests/support/print.hpp"
#include "tests/support/verify.hpp"

namespace mbpf::test {
namespace {

using isa::Slot;
using program::Entries;

Error error_of_bytes(Bytes bytes) {
    program::Program program;
    program.text = isa::Text{bytes};
    return verify_error(program, generous_policy());
}

TEST(VerifyText, IsNotEmpty) {
    EXPECT_EQ(error_of_bytes({}), (Error{Fault::TextEmpty, 0, 0, 0}));
    EXPECT_EQ(verify_error(leave()), Error{});
}

TEST(VerifyText, IsWholeSlots) {
    std::vector<std::byte> const bytes = bytes_of(join({leave(), leave()}));
    for (std::uint32_t size = 1; size < 16; ++size) {
        if (size != 8) {
            EXPECT_EQ(error_of_bytes(Bytes{bytes}.first(size)),
                      (Error{Fault::LengthNotAligned, 0, size, 8}));
        }
    }
    EXPECT_EQ(error_of_bytes(Bytes{bytes}.first(8)), Error{});
}

TEST(VerifyText, LiesAtAMultipleOf4) {
    std::vector<std::uint64_t> storage(3);
    std::byte* const start = static_cast<std::byte*>(static_cast<void*>(storage.data()));
    for (std::uint32_t shift = 0; shift < 8; ++shift) {
        mbpf::store(start + shift, leave());
        Error const expected =
            shift % 4 == 0 ? Error{} : Error{Fault::AddressNotAligned, 0, shift % 4, 4};
        EXPECT_EQ(error_of_bytes({start + shift, 8}), expected) << shift;
    }
}

TEST(VerifyText, HasAtMost65536Slots) {
    std::vector<Slot> slots(65'536, mov64(r0, 0));
    slots.back() = leave();
    EXPECT_EQ(verify_error(Code{slots}), Error{});
    slots.push_back(leave());
    EXPECT_EQ(verify_error(Code{slots}), (Error{Fault::TextTooLong, 0, 65'537, 65'536}));
}

TEST(VerifyText, IsJudgedFromItsFirstSlotOn) {
    EXPECT_EQ(verify_error(join({mov64(r10, 0), Slot{0xff, 0}, leave()})),
              (Error{Fault::FramePointerWritten, 0, 10, 9}));
    EXPECT_EQ(verify_error(join({mov64(r0, 0), Slot{0xff, 0}, mov64(r10, 0), leave()})),
              (Error{Fault::OpcodeUnknown, 1, 0xff, 0}));
}

// Unnamed entries of the image format: {slot, name offset} each, then one NUL.
class EntriesAt {
public:
    explicit EntriesAt(std::vector<std::uint16_t> const& slots) {
        std::uint16_t const names = std::uint16_t(slots.size() * 4);
        for (std::uint16_t const slot : slots) {
            add(slot);
            add(names);
        }
        add(0);
    }
    [[nodiscard]] Entries view() const {
        std::uint32_t const count = std::uint32_t((bytes_.size() - 2) / 4);
        return {Entries::Layout::Image, bytes_.data(), count, bytes_};
    }

private:
    void add(std::uint16_t value) {
        bytes_.push_back(std::byte(value & 0xff));
        bytes_.push_back(std::byte(value >> 8));
    }
    std::vector<std::byte> bytes_;
};

Error error_with_entries(Code const& code, std::vector<std::uint16_t> const& slots) {
    std::vector<std::byte> const text = bytes_of(code);
    EntriesAt const entries{slots};
    program::Program program;
    program.text = isa::Text{text};
    program.entries = entries.view();
    return verify_error(program, generous_policy());
}

TEST(VerifyEntries, LieInTheText) {
    Code const code = join({leave(), leave(), leave()});
    EXPECT_EQ(error_with_entries(code, {0, 1, 2}), Error{});
    EXPECT_EQ(error_with_entries(code, {0, 3}), (Error{Fault::EntryOutOfRange, 3, 3, 2}));
    EXPECT_EQ(error_with_entries(code, {65535, 0}),
              (Error{Fault::EntryOutOfRange, 65535, 65535, 2}));
}

TEST(VerifyEntries, AreInstructions) {
    Code const code = join({lddw(r0, 1), leave()});
    EXPECT_EQ(error_with_entries(code, {0}), Error{});
    EXPECT_EQ(error_with_entries(code, {1}), (Error{Fault::EntryOutOfRange, 1, 1, 2}));
}

TEST(VerifyEntries, StartFunctions) {
    // An entry in the middle is where the function before it ends.
    Code const code = join({mov64(r0, 0), mov64(r0, 1), leave()});
    EXPECT_EQ(error_with_entries(code, {0}), Error{});
    EXPECT_EQ(error_with_entries(code, {0, 1}), (Error{Fault::FallsOffEnd, 0, 0xb7, 0}));
    EXPECT_EQ(error_with_entries(code, {2}), (Error{Fault::FallsOffEnd, 1, 0xb7, 0}));
    Code const jumps = join({ja(1), leave(), leave()});
    EXPECT_EQ(error_with_entries(jumps, {0}), Error{});
    EXPECT_EQ(error_with_entries(jumps, {0, 2}), (Error{Fault::JumpOutOfFunction, 0, 2, 1}));
}

TEST(VerifyEntries, AreAtMost32Functions) {
    Code const code = repeat(40, leave());
    std::vector<std::uint16_t> slots;
    for (std::uint16_t slot = 0; slot < 32; ++slot) {
        slots.push_back(slot);
    }
    EXPECT_EQ(error_with_entries(code, slots), Error{});
    slots.push_back(32);
    EXPECT_EQ(error_with_entries(code, slots), (Error{Fault::TooManyFunctions, 32, 33, 32}));
}

TEST(VerifyEntries, DoNotReplaceSlot0AsAFunction) {
    // 31 entries behind slot 0, and slot 0 itself.
    Code const code = repeat(40, leave());
    std::vector<std::uint16_t> slots;
    for (std::uint16_t slot = 1; slot <= 31; ++slot) {
        slots.push_back(slot);
    }
    EXPECT_EQ(error_with_entries(code, slots), Error{});
    slots.push_back(32);
    EXPECT_EQ(error_with_entries(code, slots), (Error{Fault::TooManyFunctions, 32, 33, 32}));
}

}  // namespace
}  // namespace mbpf::test
