// SPDX-License-Identifier: MIT
// The places where compiled code asks for help: each is found again, however far apart they are.
#include <vector>

#include <gtest/gtest.h>

#include "mbpf/jit/sites.hpp"

namespace mbpf::test {
namespace {

using jit::Site;
using jit::SiteWriter;
using jit::Wanted;

TEST(Sites, AreFoundAgain) {
    std::vector<Site> sites;
    std::uint32_t at = 3;
    std::uint32_t slot = 0;
    for (std::uint32_t i = 0; i < 200; ++i) {
        sites.push_back({at, slot, Wanted(i % 20)});
        at += i % 7 == 0 ? 1000 : 1 + i % 63;
        slot = i % 11 == 0 ? 30000 - slot % 30000 : i % 3 == 0 && slot > 16 ? slot - 16 : slot + 15;
    }
    std::vector<std::byte> memory(2000);
    SiteWriter writer{memory};
    for (Site const& site : sites) {
        writer.add(site);
    }
    ASSERT_LE(writer.size(), memory.size());
    Bytes const written = Bytes{memory}.subspan(memory.size() - writer.size());
    std::uint32_t ordinal = 0;
    for (Site const& site : sites) {
        Site const found = jit::find_site(written, site.at);
        EXPECT_EQ(found.ordinal, ordinal);
        ordinal += jit::needs_instruction(site.wanted) ? 1u : 0u;
        EXPECT_EQ(found.at, site.at);
        EXPECT_EQ(found.slot, site.slot);
        EXPECT_EQ(found.wanted, site.wanted);
    }
}

TEST(Sites, AreCountedBeyondTheirMemory) {
    std::vector<std::byte> memory(6, std::byte{0x5a});
    SiteWriter writer{WritableBytes{memory}.subspan(2, 2)};
    writer.add({1, 0, Wanted::Fuel});
    writer.add({2, 0, Wanted::Fuel});
    EXPECT_EQ(writer.size(), 4u);
    EXPECT_EQ(memory[1], std::byte{0x5a});
    EXPECT_EQ(memory[4], std::byte{0x5a});
}

}  // namespace
}  // namespace mbpf::test
