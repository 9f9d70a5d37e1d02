// SPDX-License-Identifier: MIT
// What the readers of all formats that run where they lie share: the input, the program it becomes,
// and what holds for every text.
#pragma once

#include "mbpf/base/base.hpp"
#include "mbpf/program/refusal.hpp"
#include "mbpf/program/view.hpp"

namespace mbpf::program {

class ProgramReader : public Refusable {
public:
    // Reads one format: fills `program` from `input`, or notes why not.
    using Read = bool(ProgramReader& reader);

    explicit ProgramReader(Bytes from) : input{from} {}

    [[nodiscard]] static Result<Program> open(Bytes input, Read* read);

    // Whether `text` is a text at all (whole slots at an address that an engine can fetch from, no
    // more than an entry can name), and the entries lie in it. The last step.
    [[nodiscard]] bool accepts();

    Bytes const input;
    Bytes text;        // Of the program, which has it once it is accepted.
    Bytes call_table;  // Of Extended only: it is no part of the program.
    Program program{no_program};

private:
    static constexpr Program no_program{};  // Copied, because a constructor takes more flash.
};

}  // namespace mbpf::program
