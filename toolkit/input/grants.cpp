// SPDX-License-Identifier: MIT
#include "toolkit/input/grants.hpp"

#include <optional>

#include "toolkit/explain/helper_names.hpp"
#include "toolkit/problem.hpp"

namespace mbpf::toolkit::input {

machine::HelperSet parse_grants(std::string const& text) {
    if (text == "all") {
        return machine::HelperSet::all();
    }
    machine::HelperSet granted;
    if (text == "none") {
        return granted;
    }
    std::size_t at = 0;
    while (at <= text.size()) {
        std::size_t const end = std::min(text.find(',', at), text.size());
        std::string const name = text.substr(at, end - at);
        std::optional<HelperId> const id = explain::parse_helper(name);
        if (!id) {
            throw usage("--grant names a helper that is not known",
                        name.empty() ? "an empty name" : name,
                        "ids 0 to 255, names of mbpf.h, all, none",
                        "separate helpers by commas: --grant 1,memcpy,0x12");
        }
        granted.add(*id);
        at = end + 1;
    }
    return granted;
}

}  // namespace mbpf::toolkit::input
