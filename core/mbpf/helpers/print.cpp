// SPDX-License-Identifier: MIT
#include "mbpf/helpers/print.hpp"

#include "mbpf/helpers/decimal.hpp"

namespace mbpf::helpers {

namespace {

// Wider fields than any line are a mistake, and would keep the device busy.
constexpr std::uint32_t max_width = 255;

// What stands between '%' and the letter.
struct Conversion {
    char letter{};
    bool is_left{};
    bool is_zero_padded{};
    bool is_long{};
    std::uint32_t width{};
};

[[nodiscard]] bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads the conversion behind a '%' and moves `at` behind it.
Conversion read_conversion(char const*& at) {
    Conversion conversion;
    for (; *at == '-' || *at == '0'; ++at) {
        (*at == '-' ? conversion.is_left : conversion.is_zero_padded) = true;
    }
    for (; is_digit(*at); ++at) {
        std::uint32_t const width = conversion.width * 10 + std::uint32_t(*at - '0');
        conversion.width = width < max_width ? width : max_width;
    }
    for (; *at == 'l' || *at == 'h'; ++at) {
        conversion.is_long = *at == 'l';
    }
    conversion.letter = *at;
    at += *at != '\0' ? 1 : 0;
    return conversion;
}

class Printer {
public:
    explicit Printer(TextOutput& output) : output_{output} {}

    void put(Conversion conversion, char const* text, std::uint32_t size) {
        std::uint32_t const padding = conversion.width > size ? conversion.width - size : 0;
        if (!conversion.is_left) {
            output_.put(' ', padding);
        }
        put(text, size);
        if (conversion.is_left) {
            output_.put(' ', padding);
        }
    }
    void put(char const* text, std::uint32_t size) {
        for (std::uint32_t i = 0; i < size; ++i) {
            output_.put(text[i]);
        }
    }
    void put_number(Conversion conversion, std::uint64_t value, std::uint32_t base, bool is_signed);

private:
    TextOutput& output_;
};

void Printer::put_number(Conversion conversion, std::uint64_t value, std::uint32_t base,
                         bool is_signed) {
    if (!conversion.is_long) {
        value = is_signed ? std::uint64_t(std::int64_t(std::int32_t(value))) : std::uint32_t(value);
    }
    bool const is_negative = is_signed && std::int64_t(value) < 0;
    Digits digits;
    digits.put(is_negative ? 0 - value : value, base, conversion.letter == 'X' ? 'A' : 'a');
    if (conversion.is_zero_padded && !conversion.is_left) {
        std::uint32_t const size = digits.size() + (is_negative ? 1 : 0);
        put("-", is_negative ? 1 : 0);
        output_.put('0', conversion.width > size ? conversion.width - size : 0);
        put(digits.text(), digits.size());
        return;
    }
    if (is_negative) {
        digits.put('-');
    }
    put(conversion, digits.text(), digits.size());
}

}  // namespace

bool print(machine::Instance const& instance, TextOutput& output, char const* format,
           std::uint64_t const (&args)[max_print_args]) {
    Printer printer{output};
    std::uint32_t next = 0;
    for (char const* at = format; *at != '\0';) {
        char const* const start = at;
        if (*at++ != '%') {
            output.put(*start);
            continue;
        }
        Conversion conversion = read_conversion(at);
        if (conversion.letter == '%') {
            output.put('%');
            continue;
        }
        std::uint64_t const value = next < max_print_args ? args[next] : 0;
        bool is_known = next < max_print_args;
        switch (is_known ? conversion.letter : '\0') {
            case 'd':
            case 'i': printer.put_number(conversion, value, 10, true); break;
            case 'u': printer.put_number(conversion, value, 10, false); break;
            case 'o': printer.put_number(conversion, value, 8, false); break;
            case 'p': conversion.is_long = true; [[fallthrough]];
            case 'x':
            case 'X': printer.put_number(conversion, value, 16, false); break;
            case 'c': {
                char const c = char(value);
                printer.put(conversion, &c, 1);
                break;
            }
            case 's': {
                std::int64_t const length = instance.text_length(value);
                if (length < 0) {
                    return false;
                }
                std::byte const* const text = pointer_to(std::uintptr_t(value));
                printer.put(conversion, as_text({text, std::size_t(length)}).data(),
                            std::uint32_t(length));
                break;
            }
            default:
                is_known = false;
                printer.put(start, std::uint32_t(at - start));
                break;
        }
        next += is_known ? 1 : 0;
    }
    return true;
}

}  // namespace mbpf::helpers
