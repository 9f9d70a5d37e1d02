// SPDX-License-Identifier: MIT
// How the parsers of this layer fail: a step that finds something wrong notes it and returns false.
// A Result per step would cost a third more flash; Result begins at the door of each parser.
#pragma once

#include <cstddef>

#include "mbpf/base/base.hpp"

namespace mbpf::program {

class Refusable {
public:
    [[nodiscard]] Error const& error() const { return error_; }

    // From here on, what is wrong is wrong at `where`, a byte of the input unless the fault says
    // otherwise. Kept, and not passed along, because most steps look at one place only.
    void come_to(std::size_t where) { error_.where = std::uint32_t(where); }

    // Notes the error and returns false, for `return refuse(...)`.
    bool refuse(Fault fault, std::size_t found, std::size_t allowed) {
        note(fault, found, allowed);
        return false;
    }
    bool refuse(Fault fault, std::size_t found = 0) {
        note(fault, found);
        return false;
    }

    // Notes the error, unless there is one that says more.
    bool refuse_once(Fault fault, std::size_t found) {
        return error_.fault == Fault::None ? refuse(fault, found) : false;
    }

    // Whether an input of `bytes` has the `needed` ones.
    [[nodiscard]] bool reaches(std::size_t bytes, std::size_t needed);
    // Whether `memory` starts at a multiple of `alignment`.
    [[nodiscard]] bool is_aligned(void const* memory, std::size_t alignment);

private:
    void note(Fault fault, std::size_t found, std::size_t allowed);
    void note(Fault fault, std::size_t found);

    Error error_;
};

}  // namespace mbpf::program
