// SPDX-License-Identifier: MIT
// A value, or the reason there is none. Spelled like std::expected, so that C++23 can replace it.
#pragma once

#include <type_traits>

#include "mbpf/base/fault.hpp"

namespace mbpf {

// What is wrong, where, what was found there and what would have been accepted. The unit of
// `where` (slot or byte) and the meaning of `found` and `allowed` depend on the fault: see the
// table in fault.hpp.
struct Error {
    Fault fault{};
    std::uint32_t where{};
    std::uint32_t found{};
    std::uint32_t allowed{};

    friend constexpr bool operator==(Error const&, Error const&) = default;
};

template <class T>
class [[nodiscard]] Result {
    static_assert(std::is_trivially_destructible_v<T>, "core values own nothing");

public:
    constexpr Result(T const& value) : value_{value}, has_value_{true} {}
    constexpr Result(Error const& error) : error_{error}, has_value_{false} {}

    [[nodiscard]] constexpr bool has_value() const { return has_value_; }
    [[nodiscard]] constexpr T const& value() const { return value_; }
    [[nodiscard]] constexpr T const& operator*() const { return value_; }
    [[nodiscard]] constexpr T const* operator->() const { return &value_; }
    [[nodiscard]] constexpr Error const& error() const { return error_; }

private:
    union {
        T value_;
        Error error_;
    };
    bool has_value_;
};

// A step that yields nothing but may fail.
template <>
class [[nodiscard]] Result<void> {
public:
    constexpr Result() : nothing_{}, has_value_{true} {}
    constexpr Result(Error const& error) : error_{error}, has_value_{false} {}

    [[nodiscard]] constexpr bool has_value() const { return has_value_; }
    [[nodiscard]] constexpr Error const& error() const { return error_; }

private:
    union {
        char nothing_;
        Error error_;
    };
    bool has_value_;
};

}  // namespace mbpf
