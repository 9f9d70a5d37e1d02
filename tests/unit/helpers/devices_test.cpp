// SPDX-License-Identifier: MIT
// Sensors, actuators and pins through helpers 0x30 to 0x34 and 0x70 to 0x72.
#include <gtest/gtest.h>

#include "tests/unit/helpers/support/caller.hpp"

namespace mbpf::test {
namespace {

using helpers::Measurement;
using machine::Permission;
using machine::Trap;

enum Id : std::uint32_t {
    FindNth = 0x30,
    FindType = 0x31,
    Read = 0x32,
    Write = 0x33,
    ReadTemp = 0x34,
    ReadInput = 0x70,
    ReadRaw = 0x71,
    WritePin = 0x72,
};

// A thermometer, a sensor that is broken, and a switch; one port of four pins.
struct Board {
    std::uint8_t types[3]{130, 131, 66};
    std::uint32_t count = 3;
    Measurement written{};
    std::uint32_t pins = 0b0101;
    std::uint32_t level_given = 99;

    static Board& of(void* context) { return *static_cast<Board*>(context); }
    helpers::Devices devices{
        this,
        &count,
        [](void* context, std::uint32_t index) { return of(context).types[index]; },
        [](void*, std::uint32_t index, Measurement& result) {
            result = {{-235, 7, 9}, 2, -1};
            return index == 1 ? -5 : 1;
        },
        [](void* context, std::uint32_t index, Measurement const& value) {
            of(context).written = value;
            return index == 2 ? 1 : -95;
        },
        [](void* context, std::uint32_t port, std::uint32_t pin) {
            return port == 0 && pin < 4 ? std::int32_t(of(context).pins >> pin & 1) : -1;
        },
        [](void* context, std::uint32_t port, std::uint32_t pin, std::uint32_t level) {
            of(context).level_given = level;
            return port == 0 && pin < 4 ? 0 : -1;
        }};
};

class DeviceHelper : public testing::Test {
protected:
    DeviceHelper() { caller_.environment.devices = &board_.devices; }

    Board board_;
    Caller caller_;
};

TEST_F(DeviceHelper, HandlesAreNumbersFromOneOn) {
    EXPECT_EQ(caller_.result_of(FindNth, {0}), 1u);
    EXPECT_EQ(caller_.result_of(FindNth, {2}), 3u);
    EXPECT_EQ(caller_.result_of(FindType, {130}), 1u);
    EXPECT_EQ(caller_.result_of(FindType, {66}), 3u);
}

TEST_F(DeviceHelper, NothingIsFoundWhereNothingIs) {
    for (std::uint64_t const index : {3ull, 4ull, 0xffff'ffffull, 0x7fff'ffffull}) {
        EXPECT_EQ(caller_.result_of(FindNth, {index}), 0u) << index;
    }
    for (std::uint64_t const type : {0ull, 129ull, 255ull, 256ull + 130, 0xffff'ff82ull}) {
        EXPECT_EQ(caller_.result_of(FindType, {type}), 0u) << type;
    }
}

TEST_F(DeviceHelper, CountsDevicesEachTime) {
    board_.count = 2;
    EXPECT_EQ(caller_.result_of(FindType, {66}), 0u);
    EXPECT_EQ(caller_.result_of(FindNth, {2}), 0u);
    board_.count = 3;
    EXPECT_EQ(caller_.result_of(FindType, {66}), 3u);
    EXPECT_EQ(caller_.result_of(FindNth, {2}), 3u);
}

TEST_F(DeviceHelper, ReadsAMeasurement) {
    Measurement seen{};
    std::uint64_t const address = caller_.lend(seen);
    EXPECT_EQ(caller_.result_of(Read, {1, address}), 1u);
    EXPECT_EQ(std::int16_t{seen.value[0]}, -235);
    EXPECT_EQ(std::int16_t{seen.value[2]}, 9);
    EXPECT_EQ(seen.unit, 2);
    EXPECT_EQ(seen.scale, -1);
}

TEST_F(DeviceHelper, ReadsATemperatureWithItsSign) {
    std::int32_t seen = 0;
    std::uint64_t const address = caller_.lend(seen);
    EXPECT_EQ(caller_.result_of(ReadTemp, {1, address}), 1u);
    EXPECT_EQ(seen, -235);
}

TEST_F(DeviceHelper, ThatFailsLeavesMemoryAsItWas) {
    Measurement seen{{1, 2, 3}, 4, 5};
    std::uint64_t const address = caller_.lend(seen);
    for (std::uint64_t const handle : {0ull, 4ull, 5ull, 0xffff'ffffull, 0x8000'0000ull}) {
        EXPECT_EQ(caller_.result_of(Read, {handle, address}), minus_one) << handle;
        EXPECT_EQ(caller_.result_of(ReadTemp, {handle, address}), minus_one) << handle;
        EXPECT_EQ(caller_.result_of(Write, {handle, address}), minus_one) << handle;
    }
    EXPECT_EQ(caller_.result_of(Read, {2, address}), std::uint32_t(-5));
    EXPECT_EQ(caller_.result_of(ReadTemp, {2, address}), std::uint32_t(-5));
    EXPECT_EQ(std::int16_t{seen.value[0]}, 1);
    EXPECT_EQ(seen.scale, 5);
    EXPECT_EQ(std::int16_t{board_.written.value[0]}, 0);
}

TEST_F(DeviceHelper, WritesToWhatCanBeSwitched) {
    Measurement wanted{{1, 0, 0}, 0, 0};
    std::uint64_t const address = caller_.lend(wanted, Permission::Read);
    EXPECT_EQ(caller_.result_of(Write, {3, address}), 1u);
    EXPECT_EQ(std::int16_t{board_.written.value[0]}, 1);
    EXPECT_EQ(caller_.result_of(Write, {1, address}), std::uint32_t(-95));
}

TEST_F(DeviceHelper, ChecksWhereItReadsAndWrites) {
    std::array<std::byte, 8> room{};
    std::uint64_t const address = caller_.lend(room, Permission::Read);
    EXPECT_EQ(caller_.trap_of(Read, {1, address}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(ReadTemp, {1, address}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(Write, {3, address + 1}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(Write, {3, 0}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(Read, {1, 0}), Trap::HelperArgument);
    std::array<std::byte, 8> other{};
    std::uint64_t const writable = caller_.lend(other, Permission::Write);
    EXPECT_EQ(caller_.trap_of(Read, {1, writable + 1}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(ReadTemp, {1, writable + 5}), Trap::HelperArgument);
    EXPECT_EQ(caller_.trap_of(Write, {3, writable}), Trap::HelperArgument);
    EXPECT_EQ(caller_.result_of(Read, {1, writable}), 1u);
    EXPECT_EQ(caller_.result_of(ReadTemp, {1, writable + 3}), 1u);
}

TEST_F(DeviceHelper, ReadsPins) {
    for (Id const id : {ReadInput, ReadRaw}) {
        EXPECT_EQ(caller_.result_of(id, {0, 0}), 1u);
        EXPECT_EQ(caller_.result_of(id, {0, 1}), 0u);
        EXPECT_EQ(caller_.result_of(id, {0, 4}), minus_one);
        EXPECT_EQ(caller_.result_of(id, {1, 0}), minus_one);
        EXPECT_EQ(caller_.result_of(id, {0xffff'ffff, 0xffff'ffff}), minus_one);
    }
}

TEST_F(DeviceHelper, WritesPinsHighOrLow) {
    EXPECT_EQ(caller_.result_of(WritePin, {0, 1, 7}), 1u);
    EXPECT_EQ(board_.level_given, 1u);
    EXPECT_EQ(caller_.result_of(WritePin, {0, 1, 0}), 1u);
    EXPECT_EQ(board_.level_given, 0u);
    EXPECT_EQ(caller_.result_of(WritePin, {0, 4, 1}), 0u);
    EXPECT_EQ(caller_.result_of(WritePin, {1, 0, 1}), 0u);
}

// Without devices, and with devices that can do nothing.
TEST_F(DeviceHelper, FindsNothingOnABoardWithoutThem) {
    Measurement room{};
    std::uint64_t const address = caller_.lend(room);
    std::uint32_t const one = 1;
    helpers::Devices const mute{nullptr, &one, nullptr, nullptr, nullptr, nullptr, nullptr};
    for (helpers::Devices const* const devices :
         {static_cast<helpers::Devices const*>(nullptr), &mute}) {
        caller_.environment.devices = devices;
        EXPECT_EQ(caller_.result_of(FindNth, {0}), devices == nullptr ? 0u : 1u);
        EXPECT_EQ(caller_.result_of(FindType, {0}), 0u);
        EXPECT_EQ(caller_.result_of(Read, {1, address}), minus_one);
        EXPECT_EQ(caller_.result_of(Write, {1, address}), minus_one);
        EXPECT_EQ(caller_.result_of(ReadTemp, {1, address}), minus_one);
        EXPECT_EQ(caller_.result_of(ReadInput, {0, 0}), minus_one);
        EXPECT_EQ(caller_.result_of(ReadRaw, {0, 0}), minus_one);
        EXPECT_EQ(caller_.result_of(WritePin, {0, 0, 1}), 0u);
    }
}

TEST_F(DeviceHelper, EndsARunWithoutAnEnvironment) {
    Measurement room{};
    std::uint64_t const address = caller_.lend(room);
    caller_.has_environment = false;
    EXPECT_EQ(caller_.trap_of(FindNth, {0}), Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(FindType, {130}), Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(Read, {1, address}), Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(Write, {1, address}), Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(ReadTemp, {1, address}), Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(ReadInput, {0, 0}), Trap::HelperFailed);
    EXPECT_EQ(caller_.trap_of(WritePin, {0, 0, 1}), Trap::HelperFailed);
}

}  // namespace
}  // namespace mbpf::test
