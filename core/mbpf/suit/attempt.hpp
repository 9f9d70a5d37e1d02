// SPDX-License-Identifier: MIT
// The first error of many steps. Behind it every step yields an empty value, so that a decoder
// reads straight on and asks once, at the latest where it loops.
#pragma once

#include "mbpf/cbor/cbor.hpp"

namespace mbpf::suit {

inline constexpr std::uint32_t max_word = 0xffff'ffff;  // Sizes and numbers that we can hold.

class Attempt {
public:
    template <class T>
    [[nodiscard]] T take(Result<T> const& step) {
        if (!step.has_value()) {
            refuse(step.error());
            return T{};
        }
        return *step;
    }
    void pass(Result<void> const& step) {
        if (!step.has_value()) {
            refuse(step.error());
        }
    }
    void refuse(Error const& error);
    void refuse(Fault fault, std::uint32_t where, std::uint32_t found);

    // What the functions of the reader of that name yield.
    [[nodiscard]] cbor::Major peek(cbor::Reader const& reader);
    [[nodiscard]] std::uint64_t unsigned_integer(cbor::Reader& reader);
    [[nodiscard]] std::int64_t integer(cbor::Reader& reader);
    [[nodiscard]] std::int64_t key(cbor::Reader& reader, cbor::KeyOrder& order);
    [[nodiscard]] Bytes byte_string(cbor::Reader& reader);
    [[nodiscard]] std::string_view text_string(cbor::Reader& reader);
    [[nodiscard]] cbor::Reader nested(cbor::Reader& reader);
    [[nodiscard]] std::uint64_t byte_string_head(cbor::Reader& reader);
    [[nodiscard]] std::uint32_t array_head(cbor::Reader& reader);
    [[nodiscard]] std::uint32_t map_head(cbor::Reader& reader);
    [[nodiscard]] std::uint64_t tag(cbor::Reader& reader);
    void finish(cbor::Reader const& reader);

    void forget() { error_ = {}; }

    [[nodiscard]] bool has_failed() const { return error_.fault != Fault::None; }
    [[nodiscard]] Error const& error() const { return error_; }

private:
    Error error_;
};

[[nodiscard]] inline bool equal(Bytes a, Bytes b) {
    return a.size() == b.size() && __builtin_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace mbpf::suit
