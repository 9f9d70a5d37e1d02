// SPDX-License-Identifier: MIT
#include "mbpf/container/name.hpp"

namespace mbpf::container {

namespace {

bool is_in_name(char c) {
    bool const is_letter = c >= 'a' && c <= 'z';
    bool const is_digit = c >= '0' && c <= '9';
    return is_letter || is_digit || c == '-' || c == '_';
}

}  // namespace

Name Name::of(Attempt& attempt, std::string_view text) {
    Name name;
    bool is_good = !text.empty() && text.size() <= name.characters_.size();
    for (std::size_t i = 0; is_good && i < text.size(); ++i) {
        is_good = is_in_name(text[i]);
        name.characters_[i] = text[i];
    }
    name.size_ = is_good ? std::uint8_t(text.size()) : std::uint8_t{0};
    attempt.require(is_good, Fault::NameMalformed, 0, std::uint32_t(text.size()));
    return name;
}

}  // namespace mbpf::container
