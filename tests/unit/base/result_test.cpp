// SPDX-License-Identifier: MIT
#include "mbpf/base/base.hpp"

#include <gtest/gtest.h>

namespace mbpf {
namespace {

static_assert(std::is_trivially_destructible_v<Result<Pc>>);
static_assert(Result<Pc>{Pc{3}}.value() == Pc{3});
static_assert(!Result<Pc>{Error{Fault::Truncated, 1, 2, 3}}.has_value());
static_assert(Result<void>{}.has_value());
static_assert(Error{} == Error{Fault::None, 0, 0, 0});

TEST(Result, HoldsAValueOrAnError) {
    Result<std::uint32_t> const good = 7u;
    ASSERT_TRUE(good.has_value());
    EXPECT_EQ(*good, 7u);

    Result<std::uint32_t> const bad = Error{Fault::SectionUnknown, 4, 9};
    ASSERT_FALSE(bad.has_value());
    EXPECT_EQ(bad.error(), (Error{Fault::SectionUnknown, 4, 9, 0}));
}

TEST(Result, CopiesKeepWhatTheyHold) {
    Result<Pc> result = Error{Fault::Truncated, 1};
    Result<Pc> const error = result;
    result = Pc{5};
    EXPECT_FALSE(error.has_value());
    EXPECT_EQ(error.error().fault, Fault::Truncated);
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->slot, 5u);
}

TEST(Result, OfNothingHoldsAnErrorOrNone) {
    Result<void> const good;
    Result<void> const bad = Error{Fault::RegionWraps, 0, 2};
    EXPECT_TRUE(good.has_value());
    ASSERT_FALSE(bad.has_value());
    EXPECT_EQ(bad.error().found, 2u);
}

}  // namespace
}  // namespace mbpf
