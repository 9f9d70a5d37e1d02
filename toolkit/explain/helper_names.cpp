// SPDX-License-Identifier: MIT
#include "toolkit/explain/helper_names.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "mbpf/machine/machine.hpp"
#include "toolkit/input/number.hpp"

namespace mbpf::toolkit::explain {

static_assert(std::ranges::adjacent_find(helper_names,
                                         [](HelperName a, HelperName b) {
                                             return b.id.number <= a.id.number;
                                         }) == helper_names.end(),
              "ids ascend, each once");

std::string helper_text(HelperId id) {
    std::string_view const name = name_of(id);
    return fmt::format("{}#{}", name.empty() ? "helper" : name, id.number);
}

std::optional<HelperId> parse_helper(std::string_view text) {
    if (std::size_t const hash = text.find('#'); hash != std::string_view::npos) {
        text.remove_prefix(hash + 1);
    }
    if (std::optional<std::uint64_t> const number = input::parse_number(text)) {
        return *number <= config::max_helper_id ? std::optional{HelperId{std::uint32_t(*number)}}
                                                : std::nullopt;
    }
    constexpr std::string_view prefix = "bpf_";
    if (text.starts_with(prefix)) {
        text.remove_prefix(prefix.size());
    }
    for (HelperName const& row : helper_names) {
        if (row.name == text) {
            return row.id;
        }
    }
    return {};
}

}  // namespace mbpf::toolkit::explain
