// SPDX-License-Identifier: MIT
// The simulated board: numbers are exact or refused, and programs see what was set.
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "device/sensors.hpp"

namespace mbpf::test {
namespace {

using device::Sensors;
using Setting = Sensors::Setting;

std::string text_of(Sensors const& sensors, std::string_view name) {
    std::optional<helpers::Digits> const digits = sensors.text(name);
    return digits ? std::string{digits->text(), digits->size()} : "none";
}

struct Numbers {
    std::int32_t count;
    helpers::Measurement measurement;
};
Numbers read(Sensors const& sensors, std::uint32_t index) {
    Numbers numbers{};
    helpers::Devices const& devices = sensors.devices();
    numbers.count = devices.read(devices.context, index, numbers.measurement);
    return numbers;
}

TEST(Sensors, AreNamedAndTypedInOrder) {
    Sensors const sensors;
    helpers::Devices const& devices = sensors.devices();
    ASSERT_EQ(*devices.count, 8u);
    struct Row {
        char const* name;
        std::uint8_t type;
    };
    std::uint32_t index = 0;
    for (Row const& row : {Row{"temp", 130}, Row{"hum", 131}, Row{"light", 132}, Row{"sound", 133},
                           Row{"button", 129}, Row{"led0", 66}, Row{"led1", 66}, Row{"led2", 66}}) {
        EXPECT_EQ(Sensors::name(index), row.name);
        EXPECT_EQ(devices.type(devices.context, index), row.type);
        ++index;
    }
    EXPECT_EQ(Sensors::name(8), "");
    EXPECT_EQ(devices.type(devices.context, 8), 0);
    EXPECT_EQ(read(sensors, 8).count, -1);
    EXPECT_EQ(read(sensors, 0xffff'ffff).count, -1);
}

TEST(Sensors, ReadExactlyWhatWasSet) {
    Sensors sensors;
    struct Row {
        char const* text;
        std::int16_t value;
        char const* shown;
    };
    for (Row const& row : {Row{"23.5", 235, "23.5"}, Row{"23", 230, "23.0"}, Row{"0", 0, "0.0"},
                           Row{"-0.0", 0, "0.0"}, Row{"-0.5", -5, "-0.5"},
                           Row{"-40", -400, "-40.0"}, Row{"125", 1250, "125.0"},
                           Row{"007.10", 71, "7.1"}, Row{"21.5000000000000000000", 215, "21.5"},
                           Row{"0000000000000000000000000021", 210, "21.0"}}) {
        ASSERT_EQ(sensors.set("temp", row.text), Setting::Done) << row.text;
        Numbers const numbers = read(sensors, 0);
        EXPECT_EQ(numbers.count, 1);
        EXPECT_EQ(std::int16_t{numbers.measurement.value[0]}, row.value);
        EXPECT_EQ(numbers.measurement.scale, -1);
        EXPECT_EQ(numbers.measurement.unit, 2);
        EXPECT_EQ(text_of(sensors, "temp"), row.shown);
    }
}

TEST(Sensors, RefuseWhatTheyCannotMeasure) {
    Sensors sensors;
    ASSERT_EQ(sensors.set("temp", "12.3"), Setting::Done);
    struct Row {
        char const* text;
        Setting setting;
    };
    for (Row const& row : {Row{"", Setting::NotANumber},
                           Row{"-", Setting::NotANumber},
                           Row{".", Setting::NotANumber},
                           Row{"-.", Setting::NotANumber},
                           Row{".5", Setting::NotANumber},
                           Row{"5.", Setting::NotANumber},
                           Row{"5..1", Setting::NotANumber},
                           Row{"5.1.2", Setting::NotANumber},
                           Row{"--5", Setting::NotANumber},
                           Row{"+5", Setting::NotANumber},
                           Row{" 5", Setting::NotANumber},
                           Row{"5 ", Setting::NotANumber},
                           Row{"5C", Setting::NotANumber},
                           Row{"1e1", Setting::NotANumber},
                           Row{"0x10", Setting::NotANumber},
                           Row{"23,5", Setting::NotANumber},
                           Row{"nan", Setting::NotANumber},
                           Row{"23.55", Setting::TooPrecise},
                           Row{"23.50001", Setting::TooPrecise},
                           Row{"-40.1", Setting::OutOfRange},
                           Row{"125.1", Setting::OutOfRange},
                           Row{"6553.6", Setting::OutOfRange},
                           Row{"429496729.6", Setting::OutOfRange},
                           Row{"99999999999999999999999", Setting::OutOfRange},
                           Row{"-99999999999999999999999", Setting::OutOfRange}}) {
        EXPECT_EQ(sensors.set("temp", row.text), row.setting) << row.text;
    }
    EXPECT_EQ(sensors.set("hum", "-0.1"), Setting::OutOfRange);
    EXPECT_EQ(sensors.set("hum", "100.1"), Setting::OutOfRange);
    EXPECT_EQ(sensors.set("button", "2"), Setting::OutOfRange);
    EXPECT_EQ(sensors.set("button", "-1"), Setting::OutOfRange);
    EXPECT_EQ(sensors.set("led0", "0.5"), Setting::TooPrecise);
    EXPECT_EQ(text_of(sensors, "temp"), "12.3");
    EXPECT_EQ(text_of(sensors, "button"), "0");
}

TEST(Sensors, KnowNoOtherNames) {
    Sensors sensors;
    for (char const* const name :
         {"",      "t",       "tem",     "temp ",  "TEMP",    "led3",    "led",     "pin",
          "pin0",  "pin0.",   "pin0.16", "pin2.0", "pin0.00", "pin0.01", "pin0.1 ", "pin0.111",
          "pin.1", "pin00.1", "pin0,1",  "pin0.x", "pin0.-1", "pinx.1",  "pin9.9"}) {
        EXPECT_EQ(sensors.set(name, "1"), Setting::Unknown) << name;
        EXPECT_EQ(text_of(sensors, name), "none") << name;
    }
}

TEST(Sensors, SwitchLampsAndNothingElse) {
    Sensors sensors;
    helpers::Devices const& devices = sensors.devices();
    EXPECT_EQ(devices.write(devices.context, 6, {{5, 0, 0}, 0, 0}), 1);
    EXPECT_EQ(text_of(sensors, "led1"), "1");
    EXPECT_EQ(text_of(sensors, "led0"), "0");
    EXPECT_EQ(devices.write(devices.context, 6, {{0, 1, 1}, 0, 0}), 1);
    EXPECT_EQ(text_of(sensors, "led1"), "0");
    for (std::uint32_t const index : {0u, 1u, 2u, 3u, 4u, 8u, 0xffff'ffffu}) {
        EXPECT_EQ(devices.write(devices.context, index, {{1, 0, 0}, 0, 0}), -1) << index;
    }
    EXPECT_EQ(text_of(sensors, "button"), "0");
}

TEST(Sensors, PinsKeepTheirLevels) {
    Sensors sensors;
    helpers::Devices const& devices = sensors.devices();
    EXPECT_EQ(devices.write_pin(devices.context, 1, 15, 1), 0);
    EXPECT_EQ(text_of(sensors, "pin1.15"), "1");
    EXPECT_EQ(text_of(sensors, "pin0.15"), "0");
    EXPECT_EQ(sensors.set("pin0.0", "1"), Setting::Done);
    EXPECT_EQ(sensors.set("pin0.1", "2"), Setting::OutOfRange);
    EXPECT_EQ(sensors.set("pin0.1", "on"), Setting::NotANumber);
    EXPECT_EQ(devices.read_pin(devices.context, 0, 0), 1);
    EXPECT_EQ(devices.read_pin(devices.context, 0, 1), 0);
    EXPECT_EQ(devices.write_pin(devices.context, 1, 15, 0), 0);
    EXPECT_EQ(devices.read_pin(devices.context, 1, 15), 0);
    for (auto const& [port, pin] :
         {std::pair{0u, 16u}, {2u, 0u}, {~0u, ~0u}, {0u, 32u}, {1u, 48u}}) {
        EXPECT_EQ(devices.read_pin(devices.context, port, pin), -1);
        EXPECT_EQ(devices.write_pin(devices.context, port, pin, 1), -1);
    }
}

}  // namespace
}  // namespace mbpf::test
