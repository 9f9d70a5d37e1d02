// SPDX-License-Identifier: MIT
// Address ranges: their edges, and numbers at which a sloppy check would wrap.
#include <vector>

#include <gtest/gtest.h>

#include "mbpf/machine/machine.hpp"
#include "tests/support/print.hpp"

namespace mbpf::machine {
namespace {

constexpr std::uintptr_t top = ~std::uintptr_t{0};

constexpr Region at_1000{0x1000, 0x100, Permission::ReadWrite};
static_assert(at_1000.contains(0x1000, 1) && at_1000.contains(0x1000, 0x100));
static_assert(at_1000.contains(0x10ff, 1) && !at_1000.contains(0x10ff, 2));
static_assert(!at_1000.contains(0xfff, 1) && !at_1000.contains(0x1100, 1));
static_assert(!at_1000.contains(0x1000, 0x101) && !at_1000.contains(0x1001, 0x100));
static_assert(!at_1000.contains(0x1000, 0xffff'ffff) && !at_1000.contains(0x10ff, 0xffff'ffff));
static_assert(!at_1000.contains(top, 1) && !at_1000.contains(0, 0x1001));

static_assert(at_1000.allows(Access::Read) && at_1000.allows(Access::Write));
static_assert(at_1000.allows(Access::ReadWrite));
static_assert(!Region{0, 8, Permission::Read}.allows(Access::Write));
static_assert(!Region{0, 8, Permission::Read}.allows(Access::ReadWrite));
static_assert(!Region{0, 8, Permission::Write}.allows(Access::Read));
static_assert(!Region{0, 8, Permission::Write}.allows(Access::ReadWrite));
static_assert(!Region{}.allows(Access::Read) && !Region{}.allows(Access::Write));

TEST(Region, HoldsExactlyTheRangesInsideIt) {
    Region const region{100, 16, Permission::Read};
    for (std::uintptr_t address = 90; address < 130; ++address) {
        for (std::uint32_t size = 1; size < 30; ++size) {
            EXPECT_EQ(region.contains(address, size), address >= 100 && address + size <= 116)
                << address << ' ' << size;
        }
    }
}

TEST(Region, OfNoBytesHoldsNothing) {
    Region const region{0x1000, 0, Permission::ReadWrite};
    for (std::uint32_t const size : {1u, 2u, 8u, 0x8000'0000u, 0xffff'ffffu}) {
        EXPECT_FALSE(region.contains(0x1000, size));
        EXPECT_FALSE(region.contains(0xfff, size));
        EXPECT_FALSE(region.contains(top, size));
    }
}

TEST(Region, AtTheTopOfMemoryDoesNotHoldAddress0) {
    Region const region{top - 15, 16, Permission::ReadWrite};  // Its last byte is the last of all.
    EXPECT_TRUE(region.contains(top, 1));
    EXPECT_TRUE(region.contains(top - 15, 16));
    EXPECT_FALSE(region.contains(top, 2));
    EXPECT_FALSE(region.contains(top - 7, 9));
    EXPECT_FALSE(region.contains(0, 1));
    EXPECT_FALSE(region.contains(top - 16, 1));
}

TEST(Region, AtAddress0DoesNotHoldTheTopOfMemory) {
    Region const region{0, 16, Permission::ReadWrite};
    EXPECT_TRUE(region.contains(0, 16));
    EXPECT_FALSE(region.contains(top, 1));
    EXPECT_FALSE(region.contains(top, 2));
    EXPECT_FALSE(region.contains(top - 7, 16));
}

TEST(Region, MayBeAsLargeAs32BitsCount) {
    Region const region{0x1000, 0xffff'ffff, Permission::Read};
    EXPECT_TRUE(region.contains(0x1000, 0xffff'ffff));
    EXPECT_FALSE(region.contains(0x1001, 0xffff'ffff));
    EXPECT_TRUE(region.contains(0x1001, 0xffff'fffe));
}

// An instance of a program of one instruction, with no data.
class Lent : public testing::Test {
protected:
    Lent() {
        program_.text = isa::Text{text_};
        EXPECT_TRUE(instance_.prepare(program_, {}, memory(), {}).has_value());
    }
    [[nodiscard]] WritableBytes memory() {
        return {static_cast<std::byte*>(static_cast<void*>(&memory_)), sizeof memory_};
    }
    [[nodiscard]] Error lend(std::uintptr_t base, std::uint32_t bytes,
                             Permission permission = Permission::ReadWrite) {
        Result<void> const done = instance_.lend({base, bytes, permission});
        return done.has_value() ? Error{} : done.error();
    }

    std::vector<std::byte> text_ = std::vector<std::byte>(8);
    program::Program program_;
    std::uint64_t memory_{};
    Instance instance_;
};

TEST_F(Lent, IsAtMostFiveRegionsBesidesOwnRodataAndContext) {
    for (std::uintptr_t i = 0; i < 5; ++i) {
        EXPECT_EQ(lend(0x1000 * (i + 1), 8), Error{});
    }
    EXPECT_EQ(lend(0x9000, 8), (Error{Fault::TooManyRegions, 0, 9, 8}));
    EXPECT_FALSE(instance_.may_read(0x9000, 1));
    EXPECT_TRUE(instance_.may_read(0x5000, 8));
    instance_.take_back();
    EXPECT_FALSE(instance_.may_read(0x1000, 1));
    EXPECT_EQ(lend(0x9000, 8), Error{});
    EXPECT_TRUE(instance_.may_read(0x9000, 8));
}

TEST_F(Lent, MayNotPassTheEndOfMemory) {
    EXPECT_EQ(lend(top, 2), (Error{Fault::RegionWraps, 0, 3, 0}));
    EXPECT_EQ(lend(top - 100, 200), (Error{Fault::RegionWraps, 0, 3, 0}));
    EXPECT_EQ(lend(top - 0xffff'fffd, 0xffff'ffff), (Error{Fault::RegionWraps, 0, 3, 0}));
    EXPECT_EQ(instance_.regions().size(), 3u);
    EXPECT_EQ(lend(top - 8, 8), Error{});
    EXPECT_EQ(lend(top - 100, 200), (Error{Fault::RegionWraps, 0, 4, 0}));
    EXPECT_TRUE(instance_.may_read(top - 1, 1));
    EXPECT_FALSE(instance_.may_read(top, 1));
}

TEST_F(Lent, MayEndWhereMemoryEnds) {
    // [top - 7, top] does not pass the end of memory.
    EXPECT_EQ(lend(top - 7, 8), Error{});
    EXPECT_TRUE(instance_.may_read(top - 7, 8));
    EXPECT_TRUE(instance_.may_read(top, 1));
    EXPECT_FALSE(instance_.may_read(top, 2));
    EXPECT_FALSE(instance_.may_read(0, 1));
}

TEST_F(Lent, HasPermissions) {
    EXPECT_EQ(lend(0x1000, 8, Permission::Read), Error{});
    EXPECT_EQ(lend(0x2000, 8, Permission::Write), Error{});
    EXPECT_TRUE(instance_.may_read(0x1000, 8));
    EXPECT_FALSE(instance_.may_write(0x1000, 8));
    EXPECT_FALSE(instance_.may_read(0x2000, 8));
    EXPECT_TRUE(instance_.may_write(0x2000, 8));
}

TEST_F(Lent, OverlappingRegionsAddTheirPermissions) {
    EXPECT_EQ(lend(0x1000, 16, Permission::Read), Error{});
    EXPECT_EQ(lend(0x1008, 16, Permission::Write), Error{});
    EXPECT_TRUE(instance_.may_read(0x1008, 8));
    EXPECT_TRUE(instance_.may_write(0x1008, 8));
    EXPECT_FALSE(instance_.may_read(0x1008, 9));
    EXPECT_FALSE(instance_.may_write(0x1007, 1));
}

TEST_F(Lent, NeighboursDoNotMakeOneRegion) {
    EXPECT_EQ(lend(0x1000, 8), Error{});
    EXPECT_EQ(lend(0x1008, 8), Error{});
    EXPECT_TRUE(instance_.may_read(0x1000, 8));
    EXPECT_TRUE(instance_.may_read(0x1008, 8));
    EXPECT_FALSE(instance_.may_read(0x1004, 8));
}

TEST_F(Lent, OfNoBytesAllowsNothing) {
    EXPECT_EQ(lend(0x1000, 0), Error{});
    EXPECT_FALSE(instance_.may_read(0x1000, 1));
    EXPECT_FALSE(instance_.may_write(0x1000, 1));
}

TEST_F(Lent, ContextIsReplacedAndNotTakenBack) {
    EXPECT_TRUE(instance_.set_context({0x1000, 8, Permission::Read}).has_value());
    EXPECT_TRUE(instance_.may_read(0x1000, 8));
    instance_.take_back();
    EXPECT_TRUE(instance_.may_read(0x1000, 8));
    EXPECT_TRUE(instance_.set_context({0x2000, 8, Permission::ReadWrite}).has_value());
    EXPECT_FALSE(instance_.may_read(0x1000, 1));
    EXPECT_TRUE(instance_.may_write(0x2000, 8));
    EXPECT_EQ(instance_.context().base, 0x2000u);
    EXPECT_EQ(instance_.set_context({top, 8, Permission::Read}).error(),
              (Error{Fault::RegionWraps, 0, 2, 0}));
    EXPECT_EQ(instance_.context().base, 0x2000u);  // The last one stays.
    EXPECT_EQ(instance_.regions().size(), 3u);
}

TEST_F(Lent, ContextDoesNotCountAgainstTheRegionsLent) {
    for (std::uintptr_t i = 0; i < 5; ++i) {
        EXPECT_EQ(lend(0x1000 * (i + 1), 8), Error{});
    }
    EXPECT_TRUE(instance_.set_context({0x9000, 8, Permission::Read}).has_value());
    EXPECT_TRUE(instance_.may_read(0x9000, 8));
    EXPECT_TRUE(instance_.may_read(0x5000, 8));
}

TEST_F(Lent, AnewTheContextComesFirst) {
    EXPECT_TRUE(instance_.set_context({0x9000, 8, Permission::Read}).has_value());
    for (std::uintptr_t i = 0; i < 5; ++i) {
        EXPECT_EQ(lend(0x1000 * (i + 1), 8), Error{});
    }
    instance_.start_over();
    EXPECT_FALSE(instance_.may_read(0x9000, 1));
    EXPECT_FALSE(instance_.may_read(0x1000, 1));
    EXPECT_EQ(instance_.lend_next({0xa000, 16, Permission::ReadWrite}), Fault::None);
    EXPECT_EQ(instance_.context().base, 0xa000u);
    EXPECT_EQ(instance_.regions().size(), 3u);
    for (std::uintptr_t i = 0; i < 5; ++i) {
        EXPECT_EQ(instance_.lend_next({0x1000 * (i + 1), 8, Permission::Read}), Fault::None);
    }
    EXPECT_EQ(instance_.lend_next({0xb000, 8, Permission::Read}), Fault::TooManyRegions);
    EXPECT_FALSE(instance_.may_read(0xb000, 1));
    EXPECT_TRUE(instance_.may_write(0xa000, 16));
    EXPECT_TRUE(instance_.may_read(0x5000, 8));
    EXPECT_FALSE(instance_.may_write(0x5000, 8));
}

TEST_F(Lent, AnewWithoutAContextHasNone) {
    EXPECT_TRUE(instance_.set_context({0x9000, 8, Permission::Read}).has_value());
    instance_.start_over();
    EXPECT_EQ(instance_.lend_next({top, 8, Permission::Read}), Fault::RegionWraps);
    EXPECT_FALSE(instance_.may_read(0x9000, 1));
    EXPECT_FALSE(instance_.may_read(top, 1));
    EXPECT_EQ(instance_.context().bytes, 0u);
    instance_.take_back();
    EXPECT_FALSE(instance_.may_read(0x9000, 1));
    instance_.start_over();
    EXPECT_TRUE(instance_.set_context({0xa000, 8, Permission::Read}).has_value());
    EXPECT_EQ(lend(0x1000, 8), Error{});
    EXPECT_TRUE(instance_.may_read(0xa000, 8));
    EXPECT_TRUE(instance_.may_read(0x1000, 8));
    EXPECT_EQ(instance_.context().base, 0xa000u);
}

TEST_F(Lent, IsCentralAgainWhenWhatIsNotIsTakenBackOrReplaced) {
    Region const central{0x2000'0000, 8, Permission::Read};
    Region const outer{0xffff'0000, 8, Permission::Read};
    EXPECT_TRUE(instance_.set_context(outer).has_value());
    EXPECT_FALSE(instance_.regions().are_central());
    EXPECT_EQ(instance_.set_context({top, 8, Permission::Read}).error().fault, Fault::RegionWraps);
    EXPECT_FALSE(instance_.regions().are_central());  // The last one stays.
    EXPECT_TRUE(instance_.set_context(central).has_value());
    EXPECT_TRUE(instance_.regions().are_central());
    EXPECT_EQ(lend(outer.base, 8), Error{});
    EXPECT_TRUE(instance_.set_context(central).has_value());
    EXPECT_FALSE(instance_.regions().are_central());
    instance_.take_back();
    EXPECT_TRUE(instance_.regions().are_central());
    for (Region const& context : {outer, central}) {
        instance_.start_over();
        EXPECT_EQ(instance_.lend_next(context), Fault::None);
        EXPECT_EQ(instance_.regions().are_central(), context.base == central.base);
    }
    instance_.start_over();
    EXPECT_EQ(instance_.lend_next(central), Fault::None);
    EXPECT_EQ(instance_.lend_next(outer), Fault::None);
    EXPECT_FALSE(instance_.regions().are_central());
}

TEST_F(Lent, IsCentralUpToTheMargins) {
    constexpr std::uintptr_t first = region_margin;
    constexpr std::uintptr_t last = 0x8000'0000u - region_margin - 1;
    auto const central = [](std::uintptr_t base, std::uint32_t bytes) {
        return is_central({base, bytes, Permission::Read});
    };
    EXPECT_TRUE(central(first, 1));
    EXPECT_FALSE(central(first - 1, 1));
    EXPECT_FALSE(central(first - 1, 0x7fff'ffff));
    EXPECT_TRUE(central(last, 1));
    EXPECT_FALSE(central(last, 2));
    EXPECT_FALSE(central(last + 1, 1));
    EXPECT_TRUE(central(first, std::uint32_t(last - first + 1)));
    EXPECT_FALSE(central(first, std::uint32_t(last - first + 2)));
    EXPECT_FALSE(central(first, 0xffff'ffff));
    EXPECT_FALSE(central(top, 1));
    EXPECT_FALSE(central(0, 1));
    EXPECT_FALSE(central(top, 0));
    EXPECT_TRUE(central(last + 1, 0));
    EXPECT_TRUE(central(0, 0));
}

}  // namespace
}  // namespace mbpf::machine
