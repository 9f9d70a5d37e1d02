// SPDX-License-Identifier: MIT
#include "toolkit/package/hook.hpp"

#include <fmt/format.h>
#include <array>
#include <limits>

#include "toolkit/input/number.hpp"
#include "toolkit/layout/append.hpp"

namespace mbpf::toolkit::package {

namespace {

using container::HookKind;

struct KindName {
    HookKind kind;
    std::string_view name;
};
constexpr std::array kind_names{
    KindName{HookKind::Boot, "boot"}, KindName{HookKind::Period, "timer"},
    KindName{HookKind::Request, "coap"}, KindName{HookKind::CoapPacket, "coap_packet"},
    KindName{HookKind::Event, "event"}};

std::optional<std::uint32_t> parse_word(std::string_view text) {
    std::optional<std::uint64_t> const number = input::parse_number(text);
    bool const fits_word = number && *number <= std::numeric_limits<std::uint32_t>::max();
    return fits_word ? std::optional{std::uint32_t(*number)} : std::nullopt;
}

// "2s", "500ms" or "3000us", in milliseconds.
std::optional<std::uint32_t> parse_period(std::string_view text) {
    constexpr std::uint64_t us_per_ms = 1000;
    std::size_t const end = std::min(text.find_first_not_of("0123456789"), text.size());
    std::optional<std::uint32_t> const number = parse_word(text.substr(0, end));
    std::string_view const unit = text.substr(end);
    std::uint64_t const unit_us = unit == "s" ? us_per_ms * 1000 : unit == "ms" ? us_per_ms : 1;
    if (!number || (unit_us == 1 && unit != "us")) {
        return {};
    }
    std::uint64_t const period_us = *number * unit_us;
    std::uint64_t const period_ms = period_us / us_per_ms;
    bool const is_good = period_us % us_per_ms == 0 && period_ms != 0 &&
                         period_ms <= std::numeric_limits<std::uint32_t>::max();
    return is_good ? std::optional{std::uint32_t(period_ms)} : std::nullopt;
}

// Whoever reads images says what a path may be.
bool is_path(Hook const& hook) {
    std::vector<std::byte> const section = encode_hooks({hook});
    program::Program program;
    program.hooks = section;
    Result<container::Hooks> const hooks = container::Hooks::read(program);
    std::string const segments = "/" + hook.path + "/";
    bool const has_dots = segments.find("/./") != std::string::npos ||
                          segments.find("/../") != std::string::npos;  // RFC 7252, section 5.10.1
    return hooks.has_value() && hooks->path(hooks->at(0)) == hook.path && !has_dots;
}

Parsed with_argument(Hook hook, std::string_view text) {
    switch (hook.kind) {
        case HookKind::Boot:
            return text.empty() ? Parsed{hook} : fmt::format("boot takes no argument: {}", text);
        case HookKind::Period:
            if (std::optional<std::uint32_t> const period = parse_period(text)) {
                hook.number = *period;
                return hook;
            }
            return fmt::format("'{}' is no period in whole milliseconds, as 500ms or 2s", text);
        case HookKind::Request:
        case HookKind::CoapPacket:
            hook.path = text.starts_with('/') ? text.substr(1) : text;
            if (is_path(hook)) {
                return hook;
            }
            return fmt::format(
                "'{}' is no path of 1 to {} letters, digits, - . _ ~, and / between segments", text,
                config::max_path_bytes);
        case HookKind::Event:
            if (std::optional<std::uint32_t> const number = parse_word(text)) {
                hook.number = *number;
                return hook;
            }
            return fmt::format("'{}' is no number of an event", text);
    }
    return std::string("there is no such kind of hook");
}

}  // namespace

Parsed parse_hook(HookKind kind, std::string_view text) {
    Hook hook{.kind = kind};
    std::size_t const at = text.rfind('@');
    if (at != std::string_view::npos) {
        std::string_view const order_text = text.substr(at + 1);
        std::optional<std::uint32_t> const order = parse_word(order_text);
        if (!order || *order > std::numeric_limits<std::uint8_t>::max()) {
            return fmt::format("'{}' is no order from 0 to 255", order_text);
        }
        hook.order = std::uint8_t(*order);
    }
    return with_argument(hook, text.substr(0, at));
}

std::optional<Parsed> parse_section(std::string_view name) {
    std::size_t const end = std::min(name.find_first_of("/@"), name.size());
    std::optional<HookKind> const kind = kind_named(name.substr(0, end));
    if (!kind) {
        return {};
    }
    std::string_view const rest = name.substr(end);
    return parse_hook(*kind, rest.starts_with('/') ? rest.substr(1) : rest);
}

std::string_view name_of(HookKind kind) {
    for (KindName const& row : kind_names) {
        if (row.kind == kind) {
            return row.name;
        }
    }
    return "unknown";
}

std::optional<HookKind> kind_named(std::string_view name) {
    for (KindName const& row : kind_names) {
        if (row.name == name) {
            return row.kind;
        }
    }
    return {};
}

std::string hook_text(Hook const& hook) {
    std::string const order = hook.order == 0 ? "" : fmt::format(", order {}", hook.order);
    switch (hook.kind) {
        case HookKind::Boot: return "boot" + order;
        case HookKind::Period:
            return hook.number % 1000 == 0 ? fmt::format("every {} s{}", hook.number / 1000, order)
                                           : fmt::format("every {} ms{}", hook.number, order);
        case HookKind::Request: return fmt::format("request to /c/{}{}", hook.path, order);
        case HookKind::CoapPacket: return fmt::format("packet to /c/{}{}", hook.path, order);
        case HookKind::Event: return fmt::format("event {}{}", hook.number, order);
    }
    return "unknown";
}

std::vector<std::byte> encode_hooks(std::vector<Hook> const& hooks) {
    std::vector<std::byte> section;
    if (hooks.empty()) {
        return section;
    }
    std::vector<std::byte> texts;
    std::size_t const texts_at =
        program::hooks_header_bytes + hooks.size() * program::hook_record_bytes;
    layout::append(section, std::uint32_t(hooks.size()));
    for (Hook const& hook : hooks) {
        std::uint32_t argument = hook.number;
        if (container::has_path(hook.kind)) {
            argument = std::uint32_t(texts_at + texts.size());
            layout::append_bytes(texts, as_bytes(std::string_view(hook.path)));
            texts.push_back({});
        }
        layout::append(section, program::HookRecord{hook.kind, hook.order, hook.entry, argument});
    }
    layout::append_bytes(section, texts);
    return section;
}

std::vector<Hook> hooks_of(container::Hooks const& image) {
    std::vector<Hook> hooks;
    for (std::uint32_t i = 0; i < image.size(); ++i) {
        program::HookRecord const record = image.at(i);
        Hook hook{.kind = record.kind, .order = record.order, .entry = record.entry};
        if (container::has_path(record.kind)) {
            hook.path = image.path(record);
        } else {
            hook.number = record.argument;
        }
        hooks.push_back(std::move(hook));
    }
    return hooks;
}

}  // namespace mbpf::toolkit::package
