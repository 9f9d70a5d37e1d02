// SPDX-License-Identifier: MIT
// The window that a reply keeps of its body.
#include "mbpf/coap/reply.hpp"

#include <algorithm>
#include <array>

namespace mbpf::coap {

void Reply::put(void const* bytes, std::size_t size) {
    for (std::byte const byte : Bytes{static_cast<std::byte const*>(bytes), size}) {
        hash_ = (hash_ ^ std::uint32_t(byte)) * hash_factor;
        if (total_ >= offset_ && rest() < window_.size()) {
            window_[rest()] = byte;
        }
        ++total_;
    }
}

void Reply::put_decimal(std::uint32_t number) {
    std::array<char, 10> digits{};
    std::size_t start = digits.size();
    do {
        digits[--start] = char('0' + number % 10);
        number /= 10;
    } while (number != 0);
    put(std::string_view{digits.data() + start, digits.size() - start});
}

void Reply::refuse(Code error, std::string_view diagnostic) {
    code = error;
    content_format = Format::None;
    total_ = 0;
    hash_ = hash_start;
    put(diagnostic);
}

Bytes Reply::body() const {
    return total_ <= offset_ ? Bytes{}
                             : window_.first(std::min<std::size_t>(rest(), window_.size()));
}

}  // namespace mbpf::coap
