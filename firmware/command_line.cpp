// SPDX-License-Identifier: MIT
#include "firmware/command_line.hpp"

#include "firmware/semihosting.hpp"

namespace mbpf::firmware {

namespace {

// A decimal number up to `most`, and where it ends; nothing if there is no such number.
std::optional<unsigned> take_number(char const*& text, unsigned most) {
    if (*text < '0' || *text > '9') {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    while (*text >= '0' && *text <= '9') {
        value = 10 * value + unsigned(*text++ - '0');
        if (value > most) {
            return std::nullopt;
        }
    }
    return unsigned(value);
}

}  // namespace

bool CommandLine::read() { return semihosting::command_line(text_); }

char const* CommandLine::next_word() {
    while (text_[at_] == ' ') {
        ++at_;
    }
    char const* const word = text_ + at_;
    while (text_[at_] != ' ' && text_[at_] != '\0') {
        ++at_;
    }
    if (text_[at_] == ' ') {
        text_[at_++] = '\0';
    }
    return word;
}

char const* option_value(char const* word, char const* name) {
    while (*name != '\0') {
        if (*word++ != *name++) {
            return nullptr;
        }
    }
    return word;
}

std::optional<std::uint32_t> parse_number(char const* text) {
    std::optional<unsigned> const number = take_number(text, 0xffff'ffff);
    return *text == '\0' ? number : std::nullopt;
}

std::optional<Address> parse_address(char const* text) {
    Address parsed;
    for (unsigned i = 0; i < 4; ++i) {
        if (i != 0 && *text++ != '.') {
            return std::nullopt;
        }
        std::optional<unsigned> const number = take_number(text, 255);
        if (!number.has_value()) {
            return std::nullopt;
        }
        parsed.address = parsed.address << 8 | *number;
    }
    if (*text == '/') {
        std::optional<unsigned> const bits = take_number(++text, 32);
        if (!bits.has_value()) {
            return std::nullopt;
        }
        parsed.prefix_bits = *bits;
    }
    return *text == '\0' ? std::optional{parsed} : std::nullopt;
}

}  // namespace mbpf::firmware
