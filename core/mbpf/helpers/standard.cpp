// SPDX-License-Identifier: MIT
#include "mbpf/helpers/standard.hpp"

#include "mbpf/helpers/decimal.hpp"
#include "mbpf/helpers/devices.hpp"
#include "mbpf/helpers/map_calls.hpp"
#include "mbpf/helpers/packet.hpp"
#include "mbpf/helpers/packet_calls.hpp"
#include "mbpf/helpers/print.hpp"
#include "mbpf/helpers/reply.hpp"
#include "mbpf/helpers/sleep.hpp"
#include "mbpf/helpers/with_environment.hpp"

namespace mbpf::helpers {

namespace {

using machine::helper;
using machine::Instance;
using machine::readable;
using machine::readable_sized_by;
using machine::scalar;
using machine::text;
using machine::writable;
using machine::writable_sized_by;

std::uint32_t print_formatted(Instance& instance, char const* format, std::uint64_t a,
                              std::uint64_t b, std::uint64_t c, std::uint64_t d) {
    return with_environment(instance, [&](Environment& environment) {
        std::uint32_t const before = environment.output.size();
        if (!print(instance, environment.output, format, {a, b, c, d})) {
            instance.fail_helper();
        }
        return environment.output.size() - before;
    });
}

std::uint32_t print_debug(Instance& instance, std::uint64_t value) {
    return print_formatted(instance, "%llu\n", value, 0, 0, 0);
}

void* copy(void* to, void const* from, std::uint32_t bytes) {
    if (bytes != 0) {
        __builtin_memmove(to, from, bytes);
    }
    return to;
}

std::int32_t store_local(Instance& instance, std::uint32_t key, std::uint32_t value) {
    return with_environment(instance, [&](Environment& environment) {
        return environment.local.put(key, value, environment.key_rights.keep_own(key)) ? 0 : failed;
    });
}

std::int32_t store_global(Instance& instance, std::uint32_t key, std::uint32_t value) {
    return with_environment(instance, [&](Environment& environment) {
        bool const stored =
            environment.global != nullptr &&
            environment.key_rights.allow(key, machine::Access::Write) &&
            environment.global->put(key, value, environment.key_rights.keep_global(key));
        return stored ? 0 : failed;
    });
}

// The word may lie at any address.
std::int32_t fetch_local(Instance& instance, std::uint32_t key, std::byte* value) {
    return with_environment(instance, [&](Environment& environment) {
        store(value, environment.local.get(key));
        return 0;
    });
}

std::int32_t fetch_global(Instance& instance, std::uint32_t key, std::byte* value) {
    return with_environment(instance, [&](Environment& environment) {
        bool const is_there = environment.global != nullptr &&
                              environment.key_rights.allow(key, machine::Access::Read);
        store(value, is_there ? environment.global->get(key) : 0);
        return is_there ? 0 : failed;
    });
}

std::uint64_t now(Instance& instance) {
    return with_environment(instance, [](Environment& environment) {
        return environment.now_us != nullptr ? environment.now_us() : 0;
    });
}

std::uint32_t now_us(Instance& instance) { return std::uint32_t(now(instance)); }
std::uint32_t now_ms(Instance& instance) { return std::uint32_t(now(instance) / 1000); }

// How much is written depends on the number, so the signature can promise only the first byte.
std::uint32_t write_digits(Instance& instance, std::byte* out, Digits const& digits) {
    if (!instance.may_write(address_of(out), digits.size())) {
        instance.fail_helper();
        return 0;
    }
    __builtin_memcpy(out, digits.text(), digits.size());
    return digits.size();
}

std::uint32_t format_decimal(Instance& instance, std::byte* out, std::uint32_t value) {
    Digits digits;
    digits.put(value, 10);
    return write_digits(instance, out, digits);
}

// `value` times 10 to the power of `exponent`, exactly.
std::uint32_t format_fixed_point(Instance& instance, std::byte* out, std::int16_t value,
                                 std::int32_t exponent) {
    constexpr std::int32_t max_exponent = 9;
    if (exponent < -max_exponent || exponent > max_exponent) {
        instance.fail_helper();
        return 0;
    }
    bool const is_negative = value < 0;
    std::uint32_t whole = is_negative ? 0u - std::uint32_t(value) : std::uint32_t(value);
    Digits digits;
    for (std::int32_t i = 0; i < exponent; ++i) {
        digits.put('0');
    }
    for (std::int32_t i = exponent; i < 0; ++i) {
        digits.put(char('0' + whole % 10));
        whole /= 10;
    }
    if (exponent < 0) {
        digits.put('.');
    }
    digits.put(whole, 10);
    if (is_negative) {
        digits.put('-');
    }
    return write_digits(instance, out, digits);
}

std::uint32_t text_size(char const* start) {
    std::uint32_t size = 0;
    while (start[size] != '\0') {
        ++size;
    }
    return size;
}

constexpr auto list = machine::HelperList{{
    helper<print_formatted>({0x01}, text, scalar, scalar, scalar, scalar),
    helper<copy>({0x02}, writable_sized_by(3), readable_sized_by(3), scalar),
    helper<print_debug>({0x03}, scalar),
    helper<store_local>({0x10}, scalar, scalar),
    helper<store_global>({0x11}, scalar, scalar),
    helper<fetch_local>({0x12}, scalar, writable(4)),
    helper<fetch_global>({0x13}, scalar, writable(4)),
    helper<now_ms>({0x20}),
    helper<find_nth>({0x30}, scalar),
    helper<find_type>({0x31}, scalar),
    helper<read_device>({0x32}, scalar, writable(measurement_bytes)),
    helper<write_device>({0x33}, scalar, readable(measurement_bytes)),
    helper<read_first>({0x34}, scalar, writable(4)),
    helper<start_response>({0x40}, readable(packet_context_bytes), scalar),
    helper<finish_options>({0x41}, readable(packet_context_bytes), scalar),
    helper<add_format>({0x42}, readable(packet_context_bytes), scalar),
    helper<find_payload>({0x43}, readable(packet_context_bytes)),
    helper<answer>({0x44}, scalar, scalar, readable_sized_by(4), scalar),
    helper<format_fixed_point>({0x50}, writable(1), scalar, scalar),
    helper<format_decimal>({0x51}, writable(1), scalar),
    helper<text_size>({0x52}, text),
    helper<now_us>({0x60}),
    helper<wake_periodically>({0x61}, writable(4), scalar),
    helper<read_pin>({0x70}, scalar, scalar),
    helper<read_pin>({0x71}, scalar, scalar),  // A pin that is read here is an input anyway.
    helper<write_pin>({0x72}, scalar, scalar, scalar),
    helper<map_lookup>({0x90}, scalar, readable(1)),
    helper<map_update>({0x91}, scalar, readable(1), readable(1), scalar),
    helper<map_delete>({0x92}, scalar, readable(1)),
    helper<ring_output>({0x93}, scalar, readable_sized_by(3), scalar, scalar),
    helper<ring_reserve>({0x94}, scalar, scalar, scalar),
    helper<ring_submit>({0x95}, scalar, scalar),
    helper<ring_discard>({0x96}, scalar, scalar),
    helper<ring_query>({0x97}, scalar, scalar),
}};

}  // namespace

machine::HelperTable standard_helpers() { return list.table(); }

}  // namespace mbpf::helpers
