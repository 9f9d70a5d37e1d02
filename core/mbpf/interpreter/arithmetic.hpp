// SPDX-License-Identifier: MIT
// What ALU instructions compute, exactly as RFC 9669 section 4.1 says, and where it is silent as
// SPEC.md says. T is std::uint32_t or std::uint64_t.
#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

#include "mbpf/isa/isa.hpp"

namespace mbpf::interpreter {

template <class T>
using Signed = std::make_signed_t<T>;

// Division by zero gives 0.
template <class T>
[[nodiscard]] constexpr T divide(T a, T b) {
    return b == 0 ? T(0) : T(a / b);
}

// The remainder of a division by zero is the dividend.
template <class T>
[[nodiscard]] constexpr T modulo(T a, T b) {
    return b == 0 ? a : T(a % b);
}

// Truncates toward zero; the smallest number divided by -1 is itself.
template <class T>
[[nodiscard]] constexpr T signed_divide(T a, T b) {
    return b == T(-1) ? T(0 - a) : b == 0 ? T(0) : T(Signed<T>(a) / Signed<T>(b));
}

// Has the sign of the dividend.
template <class T>
[[nodiscard]] constexpr T signed_modulo(T a, T b) {
    return b == T(-1) ? T(0) : b == 0 ? a : T(Signed<T>(a) % Signed<T>(b));
}

// dst = -dst and JSET are in slow.cpp. Every operation that is neither a division nor a move. Shift
// counts are taken modulo the width.
template <isa::Alu operation, class T>
[[nodiscard]] constexpr T compute(T a, T b) {
    constexpr T mask = std::numeric_limits<T>::digits - 1;
    if constexpr (operation == isa::Alu::Add) {
        return a + b;
    } else if constexpr (operation == isa::Alu::Sub) {
        return a - b;
    } else if constexpr (operation == isa::Alu::Mul) {
        return a * b;
    } else if constexpr (operation == isa::Alu::Or) {
        return a | b;
    } else if constexpr (operation == isa::Alu::And) {
        return a & b;
    } else if constexpr (operation == isa::Alu::Xor) {
        return a ^ b;
    } else if constexpr (operation == isa::Alu::Lsh) {
        return a << (b & mask);
    } else if constexpr (operation == isa::Alu::Rsh) {
        return a >> (b & mask);
    } else {
        static_assert(operation == isa::Alu::Arsh);
        return T(Signed<T>(a) >> (b & mask));
    }
}

template <isa::Jump condition, class T>
[[nodiscard]] constexpr bool holds(T a, T b) {
    Signed<T> const sa = Signed<T>(a);
    Signed<T> const sb = Signed<T>(b);
    if constexpr (condition == isa::Jump::Eq) {
        return a == b;
    } else if constexpr (condition == isa::Jump::Ne) {
        return a != b;
    } else if constexpr (condition == isa::Jump::Gt) {
        return a > b;
    } else if constexpr (condition == isa::Jump::Ge) {
        return a >= b;
    } else if constexpr (condition == isa::Jump::Lt) {
        return a < b;
    } else if constexpr (condition == isa::Jump::Le) {
        return a <= b;
    } else if constexpr (condition == isa::Jump::Sgt) {
        return sa > sb;
    } else if constexpr (condition == isa::Jump::Sge) {
        return sa >= sb;
    } else if constexpr (condition == isa::Jump::Slt) {
        return sa < sb;
    } else {
        static_assert(condition == isa::Jump::Sle);
        return sa <= sb;
    }
}

// The low 8, 16 or 32 bits of `value`, sign-extended.
[[nodiscard]] constexpr std::uint64_t sign_extend(std::uint64_t value, unsigned bits) {
    unsigned const shift = 64 - bits;
    return std::uint64_t(std::int64_t(value << shift) >> shift);
}

// The low 16, 32 or 64 bits of `value`, zero-extended, and with the bytes reversed.
[[nodiscard]] constexpr std::uint64_t truncate(std::uint64_t value, unsigned bits) {
    unsigned const shift = 64 - bits;
    return value << shift >> shift;
}
[[nodiscard]] constexpr std::uint64_t byte_swap(std::uint64_t value, unsigned bits) {
    return __builtin_bswap64(value) >> (64 - bits);
}

static_assert(signed_divide<std::uint32_t>(0x8000'0000, 0xffff'ffff) == 0x8000'0000);
static_assert(signed_modulo<std::uint32_t>(std::uint32_t(-13), 3) == std::uint32_t(-1));
static_assert(signed_modulo<std::uint32_t>(13, std::uint32_t(-3)) == 1);
static_assert(byte_swap(0x1122'3344'5566'7788, 16) == 0x8877);
static_assert(sign_extend(0x80, 8) == 0xffff'ffff'ffff'ff80);

}  // namespace mbpf::interpreter
