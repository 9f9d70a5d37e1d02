// SPDX-License-Identifier: MIT
// Images that were deployed from here, by digest, with their line tables: a device needs none, and
// reports about what it runs name C lines all the same.
#pragma once

#include <optional>
#include <string>

#include "toolkit/input/input.hpp"

namespace mbpf::toolkit::deploy {

// `deployed` is what a device gets, `complete` the same with its lines, `file` what was read from
// `source`.
void remember_image(Bytes deployed, Bytes complete, std::string const& source, Bytes file);

struct CachedImage {
    input::Input input;
    std::string note;  // What a reader of reports must know, if anything.

    // For reports about the container that runs it.
    [[nodiscard]] explain::Subject subject(std::string const& name) const {
        return {name, &input.program, &input.map};
    }
};

// Nothing if it was not deployed from here. `digest` is hex.
[[nodiscard]] std::optional<CachedImage> find_image(std::string const& digest);

}  // namespace mbpf::toolkit::deploy
