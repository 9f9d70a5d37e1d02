// SPDX-License-Identifier: MIT
// Slots, and images on their way into them.
#include <gtest/gtest.h>

#include "tests/unit/storage/support/journal.hpp"

namespace mbpf::test {
namespace {

using storage::SlotWriter;
using storage::Storage;

constexpr std::uint32_t sector_bytes = 64;
constexpr std::uint32_t slot_bytes = 2 * sector_bytes;

std::string image(std::size_t bytes) {
    std::string text(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i) {
        text[i] = char(i * 7 + 1);
    }
    return text;
}

class StorageSlots : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(storage.mount(flash.port(), {2, 2}).has_value()); }
    void TearDown() override { EXPECT_EQ(flash.broken_rule(), ""); }

    SimulatedFlash flash{sector_bytes, 9};
    Storage storage;
};

TEST_F(StorageSlots, AsManyAsFitBehindTheJournal) {
    EXPECT_EQ(storage.slot_count(), 2u);
    EXPECT_EQ(storage.slot_bytes(), slot_bytes);
    EXPECT_EQ(storage.slot(0).data(), flash.memory.data() + 4 * sector_bytes);
    EXPECT_EQ(storage.slot(1).data(), flash.memory.data() + 6 * sector_bytes);
    EXPECT_EQ(storage.slot(1).size(), slot_bytes);
    EXPECT_TRUE(storage.slot(2).empty());
    EXPECT_TRUE(storage.slot(~0u).empty());
}

TEST_F(StorageSlots, NoneOfNoSectors) {
    SimulatedFlash other{sector_bytes, 4};
    ASSERT_TRUE(storage.mount(other.port(), {2, 0}).has_value());
    EXPECT_EQ(storage.slot_count(), 0u);
    EXPECT_TRUE(storage.slot(0).empty());
    SlotWriter writer{storage, 0};
    EXPECT_TRUE(writer.write({}).has_value());
    EXPECT_EQ(writer.write(as_bytes("x")).error(), (Error{Fault::ImageTooLarge, 0, 1, 0}));
    EXPECT_TRUE(writer.finish().has_value());
}

TEST_F(StorageSlots, HoldImagesOfEverySizeInPiecesOfEverySize) {
    for (std::size_t const size : {0u, 1u, 7u, 8u, 9u, 63u, 64u, 65u, 127u, 128u}) {
        for (std::size_t const piece : {1u, 3u, 8u, 13u, 64u, 100u, 128u}) {
            std::string const whole = image(size);
            SlotWriter writer{storage, 1};
            for (std::size_t at = 0; at < size; at += piece) {
                ASSERT_TRUE(writer.write(as_bytes(whole.substr(at, piece))).has_value());
            }
            ASSERT_TRUE(writer.finish().has_value());
            EXPECT_EQ(writer.size(), size);
            EXPECT_EQ(as_text(storage.slot(1).first(size)), whole);
            for (std::size_t at = size; at < align_up(size, 8); ++at) {
                EXPECT_EQ(storage.slot(1)[at], port::erased_byte);
            }
        }
    }
    EXPECT_EQ(flash.erasures(4) + flash.erasures(5) + flash.erasures(8), 0u);
}

TEST_F(StorageSlots, ASectorIsErasedWhenItsFirstByteArrives) {
    SlotWriter writer{storage, 0};
    EXPECT_EQ(flash.erasures(4), 0u);
    ASSERT_TRUE(writer.write(as_bytes(image(sector_bytes))).has_value());
    EXPECT_EQ(flash.erasures(4), 1u);
    EXPECT_EQ(flash.erasures(5), 0u);
    ASSERT_TRUE(writer.write(as_bytes("x")).has_value());
    EXPECT_EQ(flash.erasures(5), 1u);
    ASSERT_TRUE(writer.finish().has_value());
    EXPECT_EQ(flash.erasures(4) + flash.erasures(5), 2u);
}

TEST_F(StorageSlots, RefuseAnImageThatIsTooLarge) {
    std::uint32_t const start = 4 * sector_bytes;
    SlotWriter writer{storage, 0};
    EXPECT_EQ(writer.write(as_bytes(image(slot_bytes + 1))).error(),
              (Error{Fault::ImageTooLarge, start, slot_bytes + 1, slot_bytes}));
    EXPECT_EQ(flash.erasures(4), 0u);
    ASSERT_TRUE(writer.write(as_bytes(image(slot_bytes - 3))).has_value());
    EXPECT_EQ(writer.write(as_bytes("four")).error(),
              (Error{Fault::ImageTooLarge, start, slot_bytes + 1, slot_bytes}));
    ASSERT_TRUE(writer.write(as_bytes("abc")).has_value());
    EXPECT_EQ(writer.write(as_bytes("x")).error(),
              (Error{Fault::ImageTooLarge, start, slot_bytes + 1, slot_bytes}));
    ASSERT_TRUE(writer.finish().has_value());
    EXPECT_EQ(as_text(storage.slot(0)), image(slot_bytes - 3) + "abc");
}

TEST_F(StorageSlots, TakeNothingMoreOnceFinished) {
    SlotWriter writer{storage, 0};
    ASSERT_TRUE(writer.write(as_bytes("12345")).has_value());
    ASSERT_TRUE(writer.finish().has_value());
    EXPECT_EQ(writer.write(as_bytes("6")).error().fault, Fault::ImageTooLarge);
    ASSERT_TRUE(writer.finish().has_value());
    EXPECT_EQ(as_text(storage.slot(0).first(5)), "12345");
}

TEST_F(StorageSlots, ASlotThatIsNotThereTakesNothing) {
    std::uint32_t const operations = flash.operations();
    for (std::uint32_t const slot : {2u, ~0u}) {
        SlotWriter writer{storage, slot};
        EXPECT_EQ(writer.write(as_bytes("x")).error(), (Error{Fault::ImageTooLarge, 0, 1, 0}));
        EXPECT_TRUE(writer.finish().has_value());
    }
    EXPECT_EQ(flash.operations(), operations);
}

TEST_F(StorageSlots, AnOperationThatFailsEndsTheImage) {
    std::uint32_t const start = 4 * sector_bytes;
    std::uint32_t const operations = 2 + slot_bytes / 8;  // Erasures and units.
    for (std::uint32_t bad = 0; bad < operations; ++bad) {
        for (Tear const tear : {Tear::Nothing, Tear::SetBits, Tear::RandomUnit}) {
            flash.fail_at(flash.operations() + bad, tear);
            SlotWriter writer{storage, 0};
            Result<void> result = writer.write(as_bytes(image(slot_bytes - 1)));
            if (result.has_value()) {
                result = writer.finish();
            }
            ASSERT_FALSE(result.has_value()) << bad << " tear " << int(tear);
            std::uint32_t const in_sector = bad % (operations / 2);
            std::uint32_t const where = start + bad / (operations / 2) * sector_bytes +
                                        (in_sector == 0 ? 0 : (in_sector - 1) * 8);
            EXPECT_EQ(result.error(), (Error{Fault::StorageFailed, where}));
            std::uint32_t const done = flash.operations();
            EXPECT_EQ(writer.write({}).error().fault, Fault::StorageFailed);
            EXPECT_EQ(writer.finish().error().fault, Fault::StorageFailed);
            EXPECT_EQ(flash.operations(), done);
        }
    }
    SlotWriter writer{storage, 0};
    ASSERT_TRUE(writer.write(as_bytes(image(slot_bytes))).has_value());
    EXPECT_EQ(as_text(storage.slot(0)), image(slot_bytes));
}

TEST_F(StorageSlots, AndTheJournalDoNotTouchEachOther) {
    SlotWriter writer{storage, 0};
    for (std::size_t i = 0; i < 16; ++i) {
        ASSERT_TRUE(storage.put(0, "k", as_bytes(std::to_string(i))).has_value());
        ASSERT_TRUE(writer.write(as_bytes(image(slot_bytes).substr(i * 8, 8))).has_value());
    }
    EXPECT_EQ(as_text(storage.slot(0)), image(slot_bytes));
    EXPECT_EQ(contents(storage), (Model{{{0, "k"}, "15"}}));
}

}  // namespace
}  // namespace mbpf::test
