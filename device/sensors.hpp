// SPDX-License-Identifier: MIT
// A board that is not there: its sensors read what somebody has set, its lamps can be looked at.
// All of it goes by name and as decimal text, so that a network or a test can reach it.
//
//   temp hum light sound button    sensors, in this order: indices 0 to 4
//   led0 led1 led2                 switches, indices 5 to 7
//   pin0.0 ... pin1.15             pins, two ports of 16
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mbpf/helpers/helpers.hpp"

namespace mbpf::device {

class Sensors {
public:
    static constexpr std::uint32_t count = 8;
    static constexpr std::uint32_t ports = 2;
    static constexpr std::uint32_t pins_per_port = 16;

    enum class Setting : std::uint8_t {
        Done,
        Unknown,     // There is nothing of that name.
        NotANumber,  // Other than an optional minus, digits, and a point with digits behind it.
        TooPrecise,  // More digits behind the point than it can measure.
        OutOfRange,  // More or less than it can measure.
    };

    Sensors();
    Sensors(Sensors const&) = delete;

    // Exactly `text`, such as "23.5", or not at all.
    [[nodiscard]] Setting set(std::string_view name, std::string_view text);
    // With as many digits as it measures; nothing if there is nothing of that name.
    [[nodiscard]] std::optional<helpers::Digits> text(std::string_view name) const;
    // Of sensors and switches, by index.
    [[nodiscard]] static std::string_view name(std::uint32_t index);

    // For the environment of programs. Valid as long as this object.
    [[nodiscard]] helpers::Devices const& devices() const { return devices_; }

private:
    static Sensors& of(void* context) { return *static_cast<Sensors*>(context); }
    static std::uint8_t type(void* context, std::uint32_t index);
    static std::int32_t read(void* context, std::uint32_t index, helpers::Measurement& result);
    static std::int32_t write(void* context, std::uint32_t index,
                              helpers::Measurement const& value);
    static std::int32_t read_pin(void* context, std::uint32_t port, std::uint32_t pin);
    static std::int32_t write_pin(void* context, std::uint32_t port, std::uint32_t pin,
                                  std::uint32_t level);

    std::array<std::int16_t, count> values_{};
    std::array<std::uint16_t, ports> levels_{};
    helpers::Devices devices_;
};

}  // namespace mbpf::device
