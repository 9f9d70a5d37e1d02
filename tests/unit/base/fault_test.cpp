// SPDX-License-Identifier: MIT
// Numbers of faults are a wire format: a device sends one, and every toolkit must know it for ever.
#include "mbpf/base/fault.hpp"

#include <gtest/gtest.h>

#include "tests/support/names.hpp"

namespace mbpf {
namespace {

static_assert(int(Fault::None) == 0 && int(Fault::FormatUnknown) == 1);
static_assert(int(Fault::MapsNotLinked) == 24 && int(Fault::FunctionEmpty) == 26);
static_assert(int(Fault::OpcodeUnknown) == 32 && int(Fault::MapUnknown) == 64);
static_assert(int(Fault::MemoryTooSmall) == 80 && int(Fault::EngineUnavailable) == 84);
static_assert(int(Fault::MapEntryUnknown) == 85 && int(Fault::MapFull) == 87);
static_assert(int(Fault::CodeTooLong) == 88 && int(Fault::PathTaken) == 138);

TEST(Fault, EveryNumberInUseHasAName) {
    constexpr int last_container = int(Fault::FunctionEmpty);
    constexpr int first_instruction = int(Fault::OpcodeUnknown);
    constexpr int last_instruction = int(Fault::MapUnknown);
    constexpr int first_setup = int(Fault::MemoryTooSmall);
    constexpr int last_setup = int(Fault::CodeTooLong);
    for (int number = 0; number < 256; ++number) {
        bool const is_used = number <= last_container ||
                             (number >= first_instruction && number <= last_instruction) ||
                             (number >= first_setup && number <= last_setup);
        EXPECT_EQ(test::name_of(Fault(number)) != "?", is_used) << number;
    }
}

TEST(Fault, NamesLeadBack) {
    for (int number = 0; number < 256; ++number) {
        Fault const fault = Fault(number);
        if (test::name_of(fault) != "?") {
            EXPECT_EQ(test::fault_named(test::name_of(fault)), fault);
        }
    }
}

}  // namespace
}  // namespace mbpf
