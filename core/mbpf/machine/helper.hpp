// SPDX-License-Identifier: MIT
// Helper functions: a typed signature, so that the machine checks the pointers of every helper
// alike, and an O(1) table. RFC 9669 section 4.3.1: arguments in r1-r5, result in r0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "mbpf/base/base.hpp"
#include "mbpf/isa/isa.hpp"
#include "mbpf/machine/config.hpp"

namespace mbpf::machine {

class Instance;

// What a helper does with an argument. From Readable on, bit 0 means "written" and bit 2 "sized".
enum class ArgKind : std::uint8_t {
    Unused,
    Scalar,         // any value
    Readable,       // points to `amount` readable bytes
    Writable,       // points to `amount` writable bytes
    ReadableSized,  // points to readable bytes; argument number `amount` says how many
    WritableSized,  // points to writable bytes; argument number `amount` says how many
    Text,           // points to a NUL-terminated string, all of it readable
};

struct Arg {
    std::uint8_t packed{};

    [[nodiscard]] constexpr ArgKind kind() const { return ArgKind(packed & 7); }
    [[nodiscard]] constexpr std::uint8_t amount() const { return packed >> 3; }
    [[nodiscard]] constexpr bool is_pointer() const { return kind() > ArgKind::Scalar; }
    [[nodiscard]] constexpr bool is_text() const { return kind() == ArgKind::Text; }
    [[nodiscard]] constexpr bool is_written() const { return (packed & 1) != 0; }
    [[nodiscard]] constexpr bool is_sized() const { return (packed & 4) != 0; }
};

inline constexpr Arg scalar{std::uint8_t(ArgKind::Scalar)};
inline constexpr Arg text{std::uint8_t(ArgKind::Text)};

// Reaching a call of this while a table is built at compile time is the compile error.
void reject_helper_table(char const* reason);

namespace detail {

consteval Arg make_arg(ArgKind kind, unsigned amount) {
    if (amount < 1 || amount > 31) {
        reject_helper_table("an argument's size is 1 to 31 bytes");
    }
    return {std::uint8_t(unsigned(kind) | amount << 3)};
}

}  // namespace detail

// Fixed size of 1 to 31 bytes, or the number (1 to 5) of the argument that holds the size.
[[nodiscard]] consteval Arg readable(unsigned bytes) {
    return detail::make_arg(ArgKind::Readable, bytes);
}
[[nodiscard]] consteval Arg writable(unsigned bytes) {
    return detail::make_arg(ArgKind::Writable, bytes);
}
[[nodiscard]] consteval Arg readable_sized_by(unsigned argument) {
    return detail::make_arg(ArgKind::ReadableSized, argument);
}
[[nodiscard]] consteval Arg writable_sized_by(unsigned argument) {
    return detail::make_arg(ArgKind::WritableSized, argument);
}

// `args` holds r1 to r5. A helper that cannot go on calls instance.fail_helper().
using HelperCall = std::uint64_t (*)(Instance& instance, std::uint64_t const* args);

// A helper none of whose arguments, nor the result, is wider than 32 bits or a pointer, called with
// the low words of r1 to r5: on a 32-bit core they are where the function wants them (AAPCS32 6.4).
// Where pointers are wider, one with pointers is not called so, but compiled for such a core.
using DirectCall = std::uint32_t (*)(std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t,
                                     std::uint32_t);

// Where such a function is, and back.
[[nodiscard]] inline std::uintptr_t address_of_call(DirectCall call) {
    return reinterpret_cast<std::uintptr_t>(call);
}
[[nodiscard]] inline DirectCall direct_call_at(std::uintptr_t address) {
    return reinterpret_cast<DirectCall>(address);
}

struct Helper {
    // What stands between a program and the function.
    enum class Gate : std::uint8_t {
        Open = 0,  // Nothing: `direct`, and no pointers.
        // 1 to 5: `direct`; the number of the only pointer, through which it writes a fixed size.
        Text = 0x10,      // Added to 1 to 5: that pointer is a string instead.
        Checked = 0x20,   // Pointers of other kinds, or more of them; or not `direct`.
        Fallible = 0x21,  // As Checked, and it may call Instance::fail_helper().
    };

    HelperCall call{};
    DirectCall direct{};  // Or nullptr.
    std::array<Arg, config::max_helper_args> args{};
    std::uint8_t pointers{};  // Bit i: argument i is a pointer.
    Gate gate{};
    std::uint8_t id{};
};

namespace detail {

// Fits a register of a 32-bit core.
template <class T>
inline constexpr bool is_word = std::is_pointer_v<T> ||
                                (std::is_integral_v<T> && sizeof(T) <= sizeof(std::uint32_t));
template <>
inline constexpr bool is_word<void> = false;

// What a register of a program holds.
template <class T>
inline constexpr bool is_value = std::is_pointer_v<T> || std::is_integral_v<T> || std::is_enum_v<T>;

template <class T>
[[nodiscard]] inline T from_register(std::uint64_t value) {
    if constexpr (std::is_pointer_v<T>) {
        return reinterpret_cast<T>(std::uintptr_t(value));
    } else {
        return T(value);
    }
}

template <auto Function, class Result, class... Args, std::size_t... Index>
[[nodiscard]] inline std::uint64_t call_with(std::uint64_t const* args,
                                             std::index_sequence<Index...>, auto&... first) {
    if constexpr (std::is_void_v<Result>) {
        Function(first..., from_register<Args>(args[Index])...);
        return 0;
    } else if constexpr (std::is_pointer_v<Result>) {
        return address_of(Function(first..., from_register<Args>(args[Index])...));
    } else {
        using Unsigned = std::conditional_t<sizeof(Result) <= 4, std::uint32_t, std::uint64_t>;
        Unsigned const result = Unsigned(Function(first..., from_register<Args>(args[Index])...));
        return result;
    }
}

// What a program passes, and gets.
template <class R, class... Args>
struct Signature {
    static_assert((is_value<Args> && ...) && (is_value<R> || std::is_void_v<R>),
                  "parameters and result are integers, enumerations and pointers");
    static constexpr std::size_t arity = sizeof...(Args);
    static constexpr std::array<bool, arity> pointers{std::is_pointer_v<Args>...};
    static constexpr std::array<std::size_t, arity> sizes{sizeof(Args)...};
};

template <auto Function, class Type = decltype(Function)>
struct Binding;

template <auto Function, class R, class... Args>
struct Binding<Function, R (*)(Args...)> : Signature<R, Args...> {
    static constexpr bool may_fail = false;
    static constexpr bool is_direct =
        sizeof...(Args) <= 5 && is_word<R> && ((is_word<Args> || sizeof(Args) <= 4) && ...);
    static constexpr bool is_callable_directly =
        sizeof(void*) == 4 || !(std::is_pointer_v<R> || (std::is_pointer_v<Args> || ...));
    static std::uint64_t call(Instance&, std::uint64_t const* args) {
        return call_with<Function, R, Args...>(args, std::index_sequence_for<Args...>{});
    }
    static std::uint32_t call_direct(std::uint32_t a, std::uint32_t b, std::uint32_t c,
                                     std::uint32_t d, std::uint32_t e) {
        std::uint32_t const args[]{a, b, c, d, e};
        return call_with_words(args, std::index_sequence_for<Args...>{});
    }

private:
    template <std::size_t... Index>
    static std::uint32_t call_with_words(std::uint32_t const* args, std::index_sequence<Index...>) {
        if constexpr (std::is_pointer_v<R>) {
            return std::uint32_t(address_of(Function(from_register<Args>(args[Index])...)));
        } else {
            return std::uint32_t(Function(from_register<Args>(args[Index])...));
        }
    }
};

template <auto Function, class R, class... Args>
struct Binding<Function, R (*)(Instance&, Args...)> : Signature<R, Args...> {
    static constexpr bool may_fail = true;
    static constexpr bool is_direct = false;
    static constexpr bool is_callable_directly = false;
    static std::uint64_t call(Instance& instance, std::uint64_t const* args) {
        return call_with<Function, R, Args...>(args, std::index_sequence_for<Args...>{}, instance);
    }
};

// A promise not to throw changes nothing.
template <auto Function, class R, class... Args>
struct Binding<Function, R (*)(Args...) noexcept> : Binding<Function, R (*)(Args...)> {};

consteval Helper::Gate gate_of(Helper const& helper, bool may_fail, bool is_callable_directly) {
    using Gate = Helper::Gate;
    if (may_fail || helper.direct == nullptr || !is_callable_directly) {
        return may_fail ? Gate::Fallible : Gate::Checked;
    }
    for (std::uint8_t i = 0; i < helper.args.size(); ++i) {
        Arg const arg = helper.args[i];
        if (helper.pointers == 1u << i && arg.kind() == ArgKind::Writable) {
            return Gate(i + 1);
        }
        if (helper.pointers == 1u << i && arg.is_text()) {
            return Gate(std::uint8_t(Gate::Text) + i + 1);
        }
    }
    return helper.pointers == 0 ? Gate::Open : Gate::Checked;
}

}  // namespace detail

// Binds a C or C++ function of at most five integers and pointers (and an Instance& first, if it
// wants to look at the machine or fail) to a helper id:
//
//   helper<fetch>({0x12}, scalar, writable(4))        // std::uint32_t fetch(uint32_t, uint32_t*)
//
// Each pointer parameter needs a pointer Arg and each integer a scalar: anything else does not
// compile. A result of at most 32 bits is zero-extended, whatever its sign: compilers extend the
// low half of r0 as they need it.
template <auto Function, class... Args>
[[nodiscard]] consteval Helper helper(HelperId id, Args... args) {
    using Bound = detail::Binding<Function>;
    static_assert(sizeof...(Args) == Bound::arity, "one Arg for each parameter");
    static_assert(Bound::arity <= config::max_helper_args, "at most five arguments");
    Helper result{};
    result.call = &Bound::call;
    result.args = {args...};
    result.id = std::uint8_t(id.number);
    for (std::size_t i = 0; i < Bound::arity; ++i) {
        Arg const arg = result.args[i];
        bool const is_sized = arg.is_sized() && !arg.is_text();
        if (arg.is_pointer() != Bound::pointers[i]) {
            reject_helper_table("a pointer parameter needs a pointer Arg, an integer a scalar");
        }
        // The machine checks 32 bits of a size, so a helper must not use more of it.
        if (is_sized && (arg.amount() < 1 || arg.amount() > Bound::arity ||
                         Bound::pointers[arg.amount() - 1] || Bound::sizes[arg.amount() - 1] > 4)) {
            reject_helper_table("a size is an integer parameter of at most 32 bits");
        }
        result.pointers = std::uint8_t(result.pointers | (Bound::pointers[i] ? 1u << i : 0u));
    }
    if constexpr (Bound::is_direct) {
        result.direct = &Bound::call_direct;
    }
    result.gate = detail::gate_of(result, Bound::may_fail, Bound::is_callable_directly);
    if (id.number > config::max_helper_id) {
        reject_helper_table("the helper id is above config::max_helper_id");
    }
    return result;
}

// A set of helper ids: what is granted.
class HelperSet {
public:
    constexpr void add(HelperId id) {
        if (id.number <= config::max_helper_id) {
            words_[id.number / 32] |= 1u << (id.number % 32);
        }
    }
    [[nodiscard]] constexpr bool contains(HelperId id) const {
        return id.number <= config::max_helper_id &&
               (words_[id.number / 32] >> (id.number % 32) & 1) != 0;
    }
    [[nodiscard]] static constexpr HelperSet all() {
        HelperSet set;
        set.words_.fill(0xffff'ffff);
        return set;
    }

private:
    std::array<std::uint32_t, (config::max_helper_id + 1) / 32> words_{};
};

// Helpers of a device. Lookup is one load, whatever their number. (In the smallest build there is
// one helper for all ids.)
class HelperTable {
public:
    constexpr HelperTable() = default;
    constexpr HelperTable(Helper const* helpers, std::uint8_t const* index_by_id)
        : helpers_{helpers}, index_by_id_{index_by_id} {}

    // The helper, or nullptr.
    [[nodiscard]] constexpr Helper const* find(HelperId id) const {
        if (index_by_id_ == nullptr || id.number > config::max_helper_id) {
            return config::is_smallest && id.number <= config::max_helper_id ? helpers_ : nullptr;
        }
        std::uint8_t const index = index_by_id_[id.number];
        return index == 0 ? nullptr : &helpers_[index - 1];
    }
    // The helper of an id that the verifier has seen in this table.
    [[nodiscard]] constexpr Helper const& at(HelperId id) const {
        if (config::is_smallest) {
            return *helpers_;
        }
        return helpers_[index_by_id_[id.number & config::max_helper_id] - 1];
    }

    // What it was made of.
    [[nodiscard]] constexpr Helper const* helpers() const { return helpers_; }
    [[nodiscard]] constexpr std::uint8_t const* index_by_id() const { return index_by_id_; }

private:
    Helper const* helpers_{};
    std::uint8_t const* index_by_id_{};  // 256 entries: 1 + index in helpers_, or 0.
};

// Storage of a table, for flash: `constexpr auto list = HelperList{{helper<...>(...), ...}};`
// (GCC 12 would put `constexpr HelperList list` in RAM.)
template <std::size_t Count>
class HelperList {
public:
    consteval explicit HelperList(std::array<Helper, Count> const& helpers) : helpers_{helpers} {
        static_assert(Count < 255);
        for (std::size_t i = 0; i < Count; ++i) {
            if (index_by_id_[helpers[i].id] != 0) {
                reject_helper_table("two helpers have one id");
            }
            index_by_id_[helpers[i].id] = std::uint8_t(i + 1);
        }
    }
    [[nodiscard]] constexpr HelperTable table() const {
        return {helpers_.data(), index_by_id_.data()};
    }

private:
    std::array<Helper, Count> helpers_;
    std::array<std::uint8_t, config::max_helper_id + 1> index_by_id_{};
};

template <std::size_t Count>
HelperList(Helper const (&)[Count]) -> HelperList<Count>;

}  // namespace mbpf::machine
