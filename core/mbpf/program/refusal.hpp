// SPDX-License-Identifier: MIT
// How the parsers of this layer fail: a step that finds something wrong notes it and returns false.
// A Result per step would cost a third more flash; Result begins at the door of each parser.
#pragma once

#include <cstddef>

#include "mbpf/base/base.hpp"

namespace mbpf::program {

struct Program;

class Refusable {
public:
    [[nodiscard]] Error error() const { return error_; }

    // Notes the error and returns false, for `return refuse(...)`.
    bool refuse(Fault fault, std::size_t where, std::size_t found, std::size_t allowed) {
        note(fault, where, found, allowed);
        return false;
    }
    bool refuse(Fault fault, std::size_t where, std::size_t found = 0) {
        note(fault, where, found);
        return false;
    }

    // Whether the text of `program`, at byte `where` of the input, is a text at all (whole slots at
    // an address that an engine can fetch from, no more than an entry can name), and its entries
    // lie in it.
    [[nodiscard]] bool accepts(Program const& program, std::size_t where);

    // Whether an input of `bytes` has the `needed` ones.
    [[nodiscard]] bool reaches(std::size_t bytes, std::size_t needed) {
        return bytes >= needed || refuse(Fault::Truncated, bytes, bytes, needed);
    }

private:
    void note(Fault fault, std::size_t where, std::size_t found, std::size_t allowed);
    void note(Fault fault, std::size_t where, std::size_t found);

    Error error_;
};

}  // namespace mbpf::program
