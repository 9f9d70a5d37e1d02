// SPDX-License-Identifier: MIT
// Loads and stores at every offset around the edges of every region: what is inside is done, what
// is not traps with the slot, the address and the size.
#include <array>
#include <cstring>

#include <gtest/gtest.h>

#include "tests/unit/interpreter/support/run.hpp"

namespace mbpf::test {
namespace {

using isa::Size;
using isa::Slot;
using machine::Permission;
using machine::Trap;
using machine::TrapReport;

struct Width {
    Size size;
    std::uint32_t bytes;
};
constexpr std::array widths{Width{Size::Byte, 1}, Width{Size::Half, 2}, Width{Size::Word, 4},
                            Width{Size::Double, 8}};

constexpr std::int32_t stack_bytes = 16;
constexpr std::int32_t full_frame = std::int32_t(config::max_frame_bytes);  // r10 is used freely.

// Where a program finds one of its regions in r6.
struct Place {
    char const* name;
    Code point;          // r6 = ..., so that the verifier loses track of it
    std::int32_t first;  // Of the region, from r6.
    std::int32_t last;   // The byte behind it.
    bool is_writable;
};

std::vector<Place> places() {
    return {
        {"stack and data", lddw_data(r6, 0), -stack_bytes, 24, true},
        {"stack from r10", join({mov64(r6, r10), alu64(isa::Alu::Or, r6, 0)}), -full_frame, 24,
         true},
        {"rodata", lddw_rodata(r6, 0), 0, 11, false},
        {"context", mov64(r6, r1), 0, 13, true},
    };
}

// 16 bytes of stack, 13 of data and bss to 24, 11 of rodata, 13 of context.
Setup surroundings(Code const& code) {
    test::Setup setup = setup_of(join({code, store(Size::Byte, r10, -stack_bytes, 0), leave()}));
    setup.data = counting_bytes(13);
    setup.bss_bytes = 5;
    setup.rodata = counting_bytes(11);
    setup.context = counting_bytes(13);
    return setup;
}

// Runs `code`, whose last instruction accesses r6 + offset in slot `slot`.
void expect_access(Setup const& setup, std::uint32_t slot, Place const& place, std::int32_t offset,
                   std::uint32_t bytes, bool is_allowed, Trap trap) {
    Sandbox sandbox{setup};
    ASSERT_FALSE(sandbox.refusal());
    ASSERT_EQ(compare_ways(sandbox, setup.budget), "") << place.name << ' ' << offset;
    bool const is_inside =
        offset >= place.first && offset + std::int32_t(bytes) <= place.last && is_allowed;
    std::uint64_t const base =
        std::strcmp(place.name, "rodata") == 0    ? sandbox.instance().rodata_address()
        : std::strcmp(place.name, "context") == 0 ? sandbox.instance().context().base
                                                  : sandbox.instance().data_address();
    TrapReport const expected = is_inside ? TrapReport{Trap::None, 0, {}, 0}
                                          : TrapReport{trap, std::uint8_t(bytes), Pc{slot},
                                                       base + std::uint64_t(std::int64_t{offset})};
    TrapReport found = sandbox.run(Way::InPlace).outcome.report;
    found.pc = is_inside ? Pc{} : found.pc;
    EXPECT_EQ(found, expected) << place.name << ' ' << offset << ' ' << bytes;
}

enum class Kind { Load, LoadSigned, StoreRegister, StoreImmediate, Atomic };

Slot access(Kind kind, Size size, std::int16_t offset) {
    switch (kind) {
        case Kind::Load: return load(size, r0, r6, offset);
        case Kind::LoadSigned: return load_signed(size, r0, r6, offset);
        case Kind::StoreRegister: return store(size, r6, offset, r1);
        case Kind::StoreImmediate: return store(size, r6, offset, -2);
        case Kind::Atomic: return atomic(size, 0, r6, offset, r1);
    }
    return {};
}

void expect_edges(Kind kind, Trap trap) {
    bool const writes = kind != Kind::Load && kind != Kind::LoadSigned;
    for (Place const& place : places()) {
        for (Width const& width : widths) {
            bool const is_atomic_size = width.bytes >= 4;
            if ((kind == Kind::LoadSigned && width.bytes == 8) ||
                (kind == Kind::Atomic && !is_atomic_size)) {
                continue;
            }
            std::int32_t const margin = std::int32_t(width.bytes) + 1;
            for (std::int32_t offset = place.first - margin; offset <= place.last + 1; ++offset) {
                if (offset > place.first + margin && offset < -margin) {
                    continue;  // Far inside a large frame.
                }
                test::Setup const setup = surroundings(
                    join({place.point, access(kind, width.size, std::int16_t(offset))}));
                std::uint32_t const slot = std::uint32_t(place.point.slots.size());
                expect_access(setup, slot, place, offset, width.bytes, !writes || place.is_writable,
                              trap);
            }
        }
    }
}

TEST(Access, LoadsStopAtTheEdges) { expect_edges(Kind::Load, Trap::LoadOutside); }
TEST(Access, SignedLoadsStopAtTheEdges) { expect_edges(Kind::LoadSigned, Trap::LoadOutside); }
TEST(Access, StoresStopAtTheEdges) { expect_edges(Kind::StoreRegister, Trap::StoreOutside); }
TEST(Access, StoresOfNumbersStopAtTheEdges) {
    expect_edges(Kind::StoreImmediate, Trap::StoreOutside);
}
TEST(Access, AtomicOperationsStopAtTheEdges) { expect_edges(Kind::Atomic, Trap::StoreOutside); }

TEST(Access, LoadsWhatIsThere) {
    for (Width const& width : widths) {
        for (std::int16_t offset = 0; offset + std::int32_t(width.bytes) <= 13; ++offset) {
            std::uint64_t expected = 0;
            std::vector<std::byte> const context = counting_bytes(13);
            std::memcpy(&expected, context.data() + offset, width.bytes);
            EXPECT_EQ(result_of(surroundings(load(width.size, r0, r1, offset))), expected);
            if (width.bytes == 8) {
                continue;
            }
            unsigned const unused = 64 - 8 * width.bytes;
            std::uint64_t const extended =
                std::uint64_t(std::int64_t(expected << unused) >> unused);
            EXPECT_EQ(result_of(surroundings(load_signed(width.size, r0, r1, offset))), extended);
        }
    }
}

TEST(Access, OverwritesAllOfARegister) {
    for (Width const& width : widths) {
        test::Setup setup = surroundings(join({mov64(r0, -1), load(width.size, r0, r1, 0)}));
        setup.context.assign(8, std::byte{0});
        EXPECT_EQ(result_of(setup), 0u);
    }
}

TEST(Access, MayLoadOverItsOwnAddress) {
    EXPECT_EQ(result_of(surroundings(join({load(Size::Byte, r1, r1, 1), mov64(r0, r1)}))),
              std::uint64_t(counting_bytes(2)[1]));
}

TEST(Access, StoresTheLowBytesAndNothingElse) {
    for (Width const& width : widths) {
        for (std::int16_t offset = 0; offset + std::int32_t(width.bytes) <= 13; ++offset) {
            std::vector<std::byte> expected = counting_bytes(13);
            std::uint64_t const value = 0x8899'aabb'ccdd'eeff;
            std::memcpy(expected.data() + offset, &value, width.bytes);
            Observation const by_register =
                observe(surroundings(join({lddw(r3, value), store(width.size, r1, offset, r3)})));
            EXPECT_EQ(by_register.context, expected);
            // An immediate is sign-extended, also for eight bytes.
            std::int64_t const minus_two = -2;
            std::memcpy(expected.data() + offset, &minus_two, width.bytes);
            Observation const by_number = observe(surroundings(store(width.size, r1, offset, -2)));
            EXPECT_EQ(by_number.context, expected);
        }
    }
}

TEST(Access, MayStoreItsOwnAddress) {
    test::Setup const setup =
        surroundings(join({store(Size::Double, r1, 0, r1), load(Size::Double, r0, r1, 0),
                           alu64(isa::Alu::Xor, r0, r1)}));
    EXPECT_EQ(result_of(setup), 0u);
}

TEST(Access, ToAReadOnlyContextLoadsButDoesNotStore) {
    test::Setup setup = surroundings(load(Size::Word, r0, r1, 0));
    setup.context_permission = Permission::Read;
    EXPECT_EQ(report_of(setup).trap, Trap::None);
    setup.text = bytes_of(join({store(Size::Word, r1, 0, 1), leave()}));
    EXPECT_EQ(report_of(setup).trap, Trap::StoreOutside);
    setup.text = bytes_of(join({atomic(Size::Word, 0, r1, 0, r2), leave()}));
    EXPECT_EQ(report_of(setup).trap, Trap::StoreOutside);
}

TEST(Access, ToAWriteOnlyContextStoresButDoesNotLoad) {
    test::Setup setup = surroundings(store(Size::Word, r1, 0, 1));
    setup.context_permission = Permission::Write;
    EXPECT_EQ(report_of(setup).trap, Trap::None);
    setup.text = bytes_of(join({load(Size::Word, r0, r1, 0), leave()}));
    EXPECT_EQ(report_of(setup).trap, Trap::LoadOutside);
    // A store moves the window there; a load, or an atomic operation, must not profit from that.
    setup.text =
        bytes_of(join({store(Size::Double, r1, 0, 1), load(Size::Double, r0, r1, 0), leave()}));
    EXPECT_EQ(report_of(setup).pc, Pc{1});
    setup.text = bytes_of(
        join({store(Size::Double, r1, 0, 1), atomic(Size::Double, 0, r1, 0, r2), leave()}));
    EXPECT_EQ(report_of(setup).trap, Trap::StoreOutside);
    EXPECT_EQ(report_of(setup).pc, Pc{1});
}

TEST(Access, ToNoContextTraps) {
    test::Setup setup = surroundings(load(Size::Byte, r0, r1, 0));
    setup.context.clear();
    EXPECT_EQ(report_of(setup).trap, Trap::LoadOutside);
    setup.text = bytes_of(join({store(Size::Byte, r1, 0, 1), leave()}));
    EXPECT_EQ(report_of(setup).trap, Trap::StoreOutside);
}

TEST(Access, ToSmallContexts) {
    // Narrower than the widest access: no sum may wrap.
    for (std::size_t bytes = 0; bytes <= 9; ++bytes) {
        for (Width const& width : widths) {
            for (std::int16_t offset = -1; offset <= 9; ++offset) {
                test::Setup setup = surroundings(
                    join({load(Size::Byte, r3, r10, -1), load(width.size, r0, r1, offset),
                          store(width.size, r1, offset, r0), load(width.size, r0, r1, offset)}));
                setup.context = counting_bytes(bytes);
                bool const is_inside = offset >= 0 && std::size_t(offset) + width.bytes <= bytes;
                TrapReport const report = report_of(setup);
                EXPECT_EQ(report.trap, is_inside ? Trap::None : Trap::LoadOutside)
                    << bytes << ' ' << offset << ' ' << width.bytes;
            }
        }
    }
}

TEST(Access, ToAddressesNowhereNearMemory) {
    for (std::uint64_t const address :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{7}, ~std::uint64_t{0},
          0 - std::uint64_t{8}, std::uint64_t{0x7fff'ffff'ffff'ffff},
          std::uint64_t{0x8000'0000'0000'0000}, std::uint64_t{0xffff'ffff}}) {
        for (int const offset : {0, 1, -1, 7, -8, 0x7fff, -0x8000}) {
            for (Width const& width : widths) {
                std::uint64_t const where = address + std::uint64_t(std::int64_t{offset});
                TrapReport const found = report_of(surroundings(
                    join({lddw(r3, address), load(width.size, r0, r3, std::int16_t(offset))})));
                EXPECT_EQ(found,
                          (TrapReport{Trap::LoadOutside, std::uint8_t(width.bytes), Pc{2}, where}));
                TrapReport const stored = report_of(surroundings(
                    join({lddw(r3, address), store(width.size, r3, std::int16_t(offset), r0)})));
                EXPECT_EQ(stored, (TrapReport{Trap::StoreOutside, std::uint8_t(width.bytes), Pc{2},
                                              where}));
            }
        }
    }
}

TEST(Access, LooksAtAll64BitsOfAnAddress) {
    for (unsigned bit = 48; bit < 64; ++bit) {
        test::Setup const setup = surroundings(
            join({lddw(r3, std::uint64_t{1} << bit), add64(r3, r1), load(Size::Byte, r0, r3, 0)}));
        EXPECT_EQ(report_of(setup).trap, Trap::LoadOutside) << bit;
    }
}

TEST(Access, GoesBackAndForthBetweenRegions) {
    // Each access of a kind finds the window of the last one elsewhere.
    Code const hop = join({load(Size::Byte, r3, r1, 0), add64(r0, r3), load(Size::Byte, r3, r7, 10),
                           add64(r0, r3), load(Size::Byte, r3, r8, 12), add64(r0, r3),
                           store(Size::Byte, r1, 12, r0), store(Size::Byte, r8, 0, r0),
                           store(Size::Byte, r10, -16, r0), atomic(Size::Word, 1, r8, 4, r0),
                           load(Size::Byte, r3, r10, -16), add64(r0, r3)});
    Observation const seen = observe(surroundings(join(
        {lddw_rodata(r7, 0), lddw_data(r8, 0), hop, hop, hop, load(Size::Double, r0, r7, 4)})));
    EXPECT_EQ(seen.outcome.report.trap, Trap::LoadOutside);  // rodata has 11 bytes.
}

TEST(Access, ThatTrapsChangesNothing) {
    test::Setup const setup =
        surroundings(join({store(Size::Double, r1, 6, -1)}));  // One byte too far.
    Observation const seen = observe(setup);
    EXPECT_EQ(seen.outcome.report.trap, Trap::StoreOutside);
    EXPECT_EQ(seen.context, counting_bytes(13));
    EXPECT_EQ(seen.outcome.instructions, 1u);
}

TEST(Access, MayReachASectionFromFarOutside) {
    test::Setup const setup =
        surroundings(join({lddw_rodata(r3, 0x8000), load(Size::Byte, r0, r3, -0x8000)}));
    EXPECT_EQ(result_of(setup), std::uint64_t(counting_bytes(1)[0]));
    EXPECT_EQ(
        report_of(surroundings(join({lddw_rodata(r3, 0x8000), load(Size::Byte, r0, r3, 0)}))).trap,
        Trap::LoadOutside);
}

}  // namespace
}  // namespace mbpf::test
