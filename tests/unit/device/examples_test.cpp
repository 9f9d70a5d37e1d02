// SPDX-License-Identifier: MIT
// The examples for a device do what they say, on the simulated board.
#include <gtest/gtest.h>

#include "tests/support/print.hpp"
#include "tests/unit/device/support/container.hpp"

namespace mbpf::test {
namespace {

using machine::Trap;
using Setting = device::Sensors::Setting;

std::string const weather = "{\"temperature\": 22.3, \"humidity\": 65.3}";

class DeviceExample : public testing::Test {
protected:
    void SetUp() override {
        if (!can_compile()) {
            GTEST_SKIP() << "needs clang";
        }
    }
    void set(std::string_view name, std::string_view text) {
        ASSERT_EQ(board_.sensors.set(name, text), Setting::Done) << name;
    }
    [[nodiscard]] std::string seen(std::string_view name) const {
        std::optional<helpers::Digits> const text = board_.sensors.text(name);
        return {text->text(), text->size()};
    }
    void put_weather() {
        ASSERT_TRUE(board_.global.put(0, 223));
        ASSERT_TRUE(board_.global.put(1, 653));
    }

    Board board_;
};

TEST_F(DeviceExample, SensorAverageIsThatOfTheLastFour) {
    Container container{"01_sensor_average", board_};
    for (char const* const text : {"-40", "20", "21", "22", "23"}) {
        set("temp", text);
        EXPECT_EQ(container.run("sensor_average").result, 0u);
    }
    EXPECT_EQ(board_.global.get(15), 215u);
    for (int i = 0; i < 4; ++i) {
        set("temp", "-1.5");
        EXPECT_EQ(container.run("sensor_average").result, 0u);
    }
    EXPECT_EQ(std::int32_t(board_.global.get(15)), -15);
}

TEST_F(DeviceExample, CountersShareOneOfTheirTwoNumbers) {
    Container one{"02_counters", board_};
    Container other{"02_counters", board_};
    EXPECT_EQ(one.request("counters").payload, "1 1");
    EXPECT_EQ(one.request("counters").payload, "2 2");
    EXPECT_EQ(other.request("counters").payload, "1 3");
}

TEST_F(DeviceExample, WeatherComesInAPacketOrPlain) {
    put_weather();
    Container plain{"04_weather_reply", board_};
    Container::Answer const reply = plain.request("weather_reply");
    EXPECT_EQ(reply.code, 69u);
    EXPECT_EQ(reply.format, 50u);
    EXPECT_EQ(reply.payload, weather);

    Container container{"03_weather_packet", board_};
    for (int i = 0; i < 2; ++i) {
        helpers::PacketAnswer const answer = container.request_packet("weather_packet");
        ASSERT_EQ(answer.verdict, helpers::PacketAnswer::Verdict::Good);
        EXPECT_EQ(answer.code, coap::Code::Content);
        EXPECT_EQ(answer.format, coap::Format::Json);
        EXPECT_EQ(as_text(answer.payload), weather);
    }
}

TEST_F(DeviceExample, ChecksumIsItsResult) {
    Container container{"05_checksum", board_};
    EXPECT_EQ(container.run("checksum", "abcdefgh").result, 0xebe1'9591u);
}

TEST_F(DeviceExample, ThermostatHeatsBelowWhatIsWanted) {
    Container container{"06_thermostat", board_};
    set("temp", "20.4");
    EXPECT_EQ(container.run("control").result, 1u);
    EXPECT_EQ(seen("led0"), "1");
    set("temp", "21.2");  // Within the margin, it stays as it is.
    EXPECT_EQ(container.run("control").result, 1u);
    EXPECT_EQ(seen("led0"), "1");
    Container::Answer const reply = container.request("set_point", "18.5");
    EXPECT_EQ(reply.code, 68u);
    EXPECT_EQ(reply.payload, "18.5");
    EXPECT_EQ(container.run("control").result, 1u);
    EXPECT_EQ(seen("led0"), "0");
}

TEST_F(DeviceExample, ThermostatRefusesWhatIsNoTemperature) {
    Container container{"06_thermostat", board_};
    for (char const* const text : {".", ".5", "21.", "21.55", "-5", "4.9", "30.1", "1000", "21,5",
                                   "warm", " 21", "21 ", "99999999999"}) {
        EXPECT_EQ(container.request("set_point", text).code, 128u) << text;
    }
    Container::Answer const reply = container.request("set_point");
    EXPECT_EQ(reply.code, 69u);
    EXPECT_EQ(reply.payload, "21.0");
}

TEST_F(DeviceExample, WeatherStationInFourContainers) {
    Container climate{"07_station_climate", board_};
    Container surroundings{"08_station_sound_light", board_};
    Container display{"09_station_display", board_};
    Container query{"10_station_query", board_};
    set("temp", "22.3");
    set("hum", "65.3");
    set("light", "40");
    set("sound", "70.5");
    EXPECT_EQ(climate.run("station_climate").result, 0u);
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(surroundings.run("station_sound_light").result, 0u);
        set("sound", "35");
    }
    EXPECT_EQ(query.request("climate").payload, weather);
    EXPECT_EQ(query.request("surroundings").payload,
              "{\"light_intensity\": 40.0, \"sound_volume\": 70.5}");

    std::string shown;
    for (int i = 0; i < 61; ++i) {
        EXPECT_EQ(display.run("station_display").report.trap, Trap::None);
        shown += display.printed();
    }
    EXPECT_EQ(shown, "Temperature: 22.3 C\nHumidity: 65.3 %\nLight: 40.0 %\nSound: 70.5 dB\n");
    set("button", "1");
    display.run("station_display");
    display.run("station_display");
    EXPECT_EQ(display.printed(), "Temperature: 22.3 C\n");
}

std::uint64_t blink_clock_us;
std::uint32_t blink_sleeps;

TEST_F(DeviceExample, BlinkKeepsABeat) {
    blink_clock_us = 7;
    blink_sleeps = 0;
    Container container{"11_blink", board_};
    container.environment.now_us = [] { return ++blink_clock_us; };
    container.environment.sleep_until = [](machine::Instance&, std::uint64_t time_us) {
        blink_clock_us = time_us;
        ++blink_sleeps;
    };
    EXPECT_EQ(container.run("blink").report.trap, Trap::None);
    EXPECT_EQ(blink_sleeps, 2400u);
    EXPECT_EQ(blink_clock_us, 8 + 2400 * 500'000ull);
    EXPECT_EQ(seen("led0"), "1");
}

TEST_F(DeviceExample, DisplayBugIsStoppedWhenTheButtonIsPressed) {
    Container container{"90_display_bug", board_};
    EXPECT_EQ(container.run("display_bug").report.trap, Trap::None);
    set("button", "1");
    EXPECT_EQ(container.run("display_bug").report.trap, Trap::LoadOutside);
    EXPECT_EQ(container.printed(), "");
}

}  // namespace
}  // namespace mbpf::test
