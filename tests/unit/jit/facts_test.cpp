// SPDX-License-Identifier: MIT
// What is known of registers: that facts say what is true, and that what two say is true of both.
#include <vector>

#include <gtest/gtest.h>

#include "mbpf/jit/facts.hpp"

namespace mbpf::test {
namespace {

using jit::Fact;
using jit::Origin;

std::vector<Fact> all_facts() {
    std::vector<Fact> facts{Fact{},         Fact::zero(),
                            Fact::sign(),   Fact::small(),
                            Fact::tame(),   Fact::context(),
                            Fact::frame(),  Fact::tame() | Fact::zero(),
                            Fact::slow(),   Fact::slow() | Fact::zero(),
                            Fact::guarded()};
    for (Origin const origin : {Origin::None, Origin::Own, Origin::Rodata, Origin::Context}) {
        facts.insert(facts.end(), {Fact::inside(origin), Fact::near(origin), Fact::far(origin),
                                   Fact::zero().pointing(origin)});
    }
    return facts;
}

// Whether everything that `less` says, `more` says too.
bool says_no_more(Fact less, Fact more) {
    bool const high = (!less.is_zero() || more.is_zero()) && (!less.is_sign() || more.is_sign());
    bool const place =
        (!less.is_context() || more.is_context()) && (!less.is_inside() || more.is_inside()) &&
        (!less.is_tame() || more.is_tame()) && (!less.is_slow() || more.is_slow()) &&
        (!less.is_near() || more.is_near()) && (!less.is_low_address() || more.is_low_address()) &&
        (!less.is_guarded() || more.is_near_low());
    return high && place;
}

TEST(Facts, WhatBothSayIsTrueOfEither) {
    for (Fact const a : all_facts()) {
        for (Fact const b : all_facts()) {
            EXPECT_TRUE(says_no_more(a & b, a));
            EXPECT_TRUE(says_no_more(a & b, b));
            EXPECT_EQ(a & b, b & a);
            EXPECT_EQ(a & a, a);
        }
    }
}

TEST(Facts, AnAddressThatIsGuardedStaysSoBesideOneThatIsKnown) {
    for (Fact const fact : all_facts()) {
        bool const is_address = fact.is_near_low();
        EXPECT_EQ((fact & Fact::guarded()).is_guarded(), is_address);
        EXPECT_EQ((fact & Fact::guarded()).origin(), Origin::None);
    }
}

TEST(Facts, OfAConstantAreTrue) {
    for (std::uint64_t const value :
         {0x0ull, 0x1ull, 0x10000ull, 0x10001ull, 0x7fffffffull, 0x80000000ull, 0xffffffffull,
          0x100000000ull, 0xffffffff00000000ull, 0xffffffff7fffffffull, 0xffffffff80000000ull,
          0xffffffffffff0000ull, 0xfffffffffffeffffull, 0xffffffffffffffffull}) {
        Fact const fact = Fact::of_constant(value);
        std::int64_t const number = std::int64_t(value);
        EXPECT_EQ(fact.is_zero(), value >> 32 == 0) << value;
        EXPECT_EQ(fact.is_sign(), number == std::int64_t(std::int32_t(value))) << value;
        EXPECT_EQ(fact.is_tame(), number >= -0x10000 && number <= 0x10000) << value;
        EXPECT_EQ(fact.is_slow(), fact.is_tame()) << value;
    }
}

}  // namespace
}  // namespace mbpf::test
