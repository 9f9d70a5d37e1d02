// SPDX-License-Identifier: MIT
#include "device/sensors.hpp"

namespace mbpf::device {

namespace {

using helpers::Measurement;
using Setting = Sensors::Setting;

constexpr std::int32_t failed = -1;
constexpr std::uint8_t switch_type = 66;  // SAUL_ACT_SWITCH
constexpr std::uint8_t celsius = 2;       // UNIT_TEMP_C; 0 says nothing of the unit.

// What can be set: least to most, in steps of 10^-digits.
struct Range {
    std::uint8_t digits{};
    std::int16_t least{};
    std::int16_t most{};
};

struct Row {
    std::string_view name;
    std::uint8_t type{};
    std::uint8_t unit{};
    Range range;
    std::int16_t first{};
};

constexpr Range one_bit{0, 0, 1};
constexpr std::array<Row, Sensors::count> rows{{
    {"temp", 130, celsius, {1, -400, 1250}, 215},
    {"hum", 131, 0, {1, 0, 1000}, 500},
    {"light", 132, 0, {1, 0, 1000}, 400},
    {"sound", 133, 0, {1, 0, 1300}, 350},
    {"button", 129, 0, one_bit, 0},
    {"led0", switch_type, 0, one_bit, 0},
    {"led1", switch_type, 0, one_bit, 0},
    {"led2", switch_type, 0, one_bit, 0},
}};

std::uint32_t index_of(std::string_view name) {
    std::uint32_t index = 0;
    while (index < rows.size() && rows[index].name != name) {
        ++index;
    }
    return index;
}

[[nodiscard]] bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Pin {
    std::uint32_t port{};
    std::uint32_t number{};

    [[nodiscard]] bool exists() const {
        return port < Sensors::ports && number < Sensors::pins_per_port;
    }
    [[nodiscard]] std::uint16_t bit() const { return std::uint16_t(1u << number); }
};

// Each pin has one name: no zeros in front.
std::optional<Pin> pin_of(std::string_view name) {
    constexpr std::string_view start = "pin";
    constexpr std::size_t number_at = 5;  // "pin0.15"
    bool const is_shaped = name.starts_with(start) && name.size() > number_at &&
                           name.size() <= number_at + 2 && is_digit(name[3]) && name[4] == '.';
    if (!is_shaped || (name[number_at] == '0' && name.size() > number_at + 1)) {
        return {};
    }
    Pin pin{std::uint32_t(name[3] - '0'), 0};
    for (std::size_t i = number_at; i < name.size(); ++i) {
        if (!is_digit(name[i])) {
            return {};
        }
        pin.number = pin.number * 10 + std::uint32_t(name[i] - '0');
    }
    return pin.exists() ? std::optional{pin} : std::nullopt;
}

// A decimal number as it is read, digit by digit.
class Decimal {
public:
    explicit Decimal(std::uint8_t digits) : missing_{digits} {}

    void put_whole(char digit) { put(digit); }
    void put_fraction(char digit) {
        if (missing_ != 0) {
            --missing_;
            put(digit);
        } else if (digit != '0') {
            is_too_precise_ = true;
        }
    }
    [[nodiscard]] bool is_too_precise() const { return is_too_precise_; }
    [[nodiscard]] std::int32_t steps() {
        for (; missing_ != 0; --missing_) {
            put('0');
        }
        return value_;
    }

private:
    // Stays where it is once it is beyond all ranges, however long the text.
    void put(char digit) {
        constexpr std::int32_t beyond = 1'000'000;
        value_ = value_ < beyond ? value_ * 10 + (digit - '0') : beyond;
    }

    std::int32_t value_ = 0;
    std::uint8_t missing_;
    bool is_too_precise_ = false;
};

Setting parse(std::string_view text, Range const& range, std::int16_t& result) {
    bool const is_negative = text.starts_with('-');
    std::string_view number = text;
    number.remove_prefix(is_negative ? 1 : 0);
    std::size_t const point = number.find('.');
    Decimal decimal{range.digits};
    std::size_t digits_in_a_row = 0;
    for (std::size_t i = 0; i < number.size(); ++i) {
        if (i == point && digits_in_a_row != 0) {
            digits_in_a_row = 0;
            continue;
        }
        if (!is_digit(number[i])) {
            return Setting::NotANumber;
        }
        i < point ? decimal.put_whole(number[i]) : decimal.put_fraction(number[i]);
        ++digits_in_a_row;
    }
    if (digits_in_a_row == 0) {
        return Setting::NotANumber;
    }
    if (decimal.is_too_precise()) {
        return Setting::TooPrecise;
    }
    std::int32_t const steps = is_negative ? -decimal.steps() : decimal.steps();
    if (steps < range.least || steps > range.most) {
        return Setting::OutOfRange;
    }
    result = std::int16_t(steps);
    return Setting::Done;
}

helpers::Digits format(std::int16_t value, std::uint8_t digits) {
    bool const is_negative = value < 0;
    std::uint32_t rest = std::uint32_t(is_negative ? -value : value);
    helpers::Digits text;
    for (std::uint8_t i = 0; i < digits; ++i) {
        text.put(char('0' + rest % 10));
        rest /= 10;
    }
    if (digits != 0) {
        text.put('.');
    }
    text.put(rest, 10);
    if (is_negative) {
        text.put('-');
    }
    return text;
}

}  // namespace

Sensors::Sensors()
    : devices_{this,
               &count,
               &Sensors::type,
               &Sensors::read,
               &Sensors::write,
               &Sensors::read_pin,
               &Sensors::write_pin} {
    for (std::uint32_t i = 0; i < count; ++i) {
        values_[i] = rows[i].first;
    }
}

Setting Sensors::set(std::string_view name, std::string_view text) {
    if (std::uint32_t const index = index_of(name); index < count) {
        return parse(text, rows[index].range, values_[index]);
    }
    std::optional<Pin> const pin = pin_of(name);
    if (!pin) {
        return Setting::Unknown;
    }
    std::int16_t level = 0;
    Setting const setting = parse(text, one_bit, level);
    if (setting == Setting::Done) {
        static_cast<void>(write_pin(this, pin->port, pin->number, std::uint32_t(level)));
    }
    return setting;
}

std::optional<helpers::Digits> Sensors::text(std::string_view name) const {
    if (std::uint32_t const index = index_of(name); index < count) {
        return format(values_[index], rows[index].range.digits);
    }
    std::optional<Pin> const pin = pin_of(name);
    if (!pin) {
        return {};
    }
    return format((levels_[pin->port] & pin->bit()) != 0 ? 1 : 0, 0);
}

std::string_view Sensors::name(std::uint32_t index) {
    return index < count ? rows[index].name : std::string_view{};
}

std::uint8_t Sensors::type(void*, std::uint32_t index) {
    return index < count ? rows[index].type : std::uint8_t{0};
}

std::int32_t Sensors::read(void* context, std::uint32_t index, Measurement& result) {
    if (index >= count) {
        return failed;
    }
    Row const& row = rows[index];
    result = {{of(context).values_[index], 0, 0}, row.unit, std::int8_t(-row.range.digits)};
    return 1;
}

std::int32_t Sensors::write(void* context, std::uint32_t index, Measurement const& value) {
    if (index >= count || rows[index].type != switch_type) {
        return failed;
    }
    of(context).values_[index] = value.value[0] != 0 ? 1 : 0;
    return 1;
}

std::int32_t Sensors::read_pin(void* context, std::uint32_t port, std::uint32_t number) {
    Pin const pin{port, number};
    return pin.exists() ? (of(context).levels_[port] & pin.bit()) != 0 : failed;
}

std::int32_t Sensors::write_pin(void* context, std::uint32_t port, std::uint32_t number,
                                std::uint32_t level) {
    Pin const pin{port, number};
    if (!pin.exists()) {
        return failed;
    }
    std::uint16_t& levels = of(context).levels_[port];
    levels = std::uint16_t(level != 0 ? levels | pin.bit() : levels & ~pin.bit());
    return 0;
}

}  // namespace mbpf::device
