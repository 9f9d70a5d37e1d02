// SPDX-License-Identifier: MIT
#include "toolkit/package/keys.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <limits>

#include "toolkit/input/number.hpp"

namespace mbpf::toolkit::package {

namespace {

using program::KeyRange;

constexpr std::uint32_t last_key = std::numeric_limits<std::uint32_t>::max();

// How each access is written; 0 if it is none of them.
struct AccessName {
    std::string_view name;
    std::uint32_t access;
};
constexpr std::array access_names{
    AccessName{"r", KeyRange::read},
    AccessName{"w", KeyRange::write},
    AccessName{"rw", KeyRange::read | KeyRange::write},
    AccessName{"wk", KeyRange::write | KeyRange::kept},
    AccessName{"rwk", KeyRange::read | KeyRange::write | KeyRange::kept},
    AccessName{"own", KeyRange::own | KeyRange::kept},
    AccessName{"rwk+own", KeyRange::all},
};

std::uint32_t parse_access(std::string_view text) {
    for (AccessName const& each : access_names) {
        if (each.name == text) {
            return each.access;
        }
    }
    return 0;
}

std::optional<program::KeyRange> parse_range(std::string_view text) {
    std::size_t const colon = text.find(':');
    if (colon == std::string_view::npos) {
        return {};
    }
    std::uint32_t const access = parse_access(text.substr(colon + 1));
    std::string_view const keys = text.substr(0, colon);
    std::size_t const dash = std::min(keys.find('-'), keys.size());
    std::optional<std::uint64_t> const first = input::parse_number(keys.substr(0, dash));
    std::optional<std::uint64_t> const last =
        dash == keys.size() ? first : input::parse_number(keys.substr(dash + 1));
    if (access == 0 || !first || !last || *first > *last || *last > last_key) {
        return {};
    }
    return program::KeyRange{std::uint32_t(*first), std::uint32_t(*last), access};
}

}  // namespace

std::optional<std::vector<program::KeyRange>> parse_keys(std::string_view text) {
    if (text == "all") {
        return {{{0, last_key, KeyRange::read | KeyRange::write}}};
    }
    std::vector<program::KeyRange> ranges;
    std::size_t at = 0;
    while (at <= text.size()) {
        std::size_t const end = std::min(text.find(',', at), text.size());
        std::optional<program::KeyRange> const range = parse_range(text.substr(at, end - at));
        if (!range) {
            return {};
        }
        ranges.push_back(*range);
        at = end + 1;
    }
    return ranges;
}

std::string keys_text(program::KeyRange const& range) {
    std::string access = fmt::format("access {}", std::uint32_t(range.access));
    for (AccessName const& each : access_names) {
        access = each.access == range.access ? std::string(each.name) : access;
    }
    std::uint32_t const first = range.first;  // Packed: fmt takes references.
    std::uint32_t const last = range.last;
    return first == last ? fmt::format("{}:{}", first, access)
                         : fmt::format("{}-{}:{}", first, last, access);
}

}  // namespace mbpf::toolkit::package
