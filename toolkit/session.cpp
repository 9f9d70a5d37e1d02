// SPDX-License-Identifier: MIT
#include "toolkit/session.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace mbpf::toolkit {

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_json(nlohmann::ordered_json const& json) {
    print(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

}  // namespace mbpf::toolkit
