// SPDX-License-Identifier: MIT
// Anything that went wrong, in the parts that a person or a program wants to read separately.
// Thrown as Failure from wherever it is found; main() alone catches it.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "toolkit/exit_code.hpp"
#include "toolkit/source/source_map.hpp"

namespace mbpf::toolkit {

enum class ProblemKind : std::uint8_t {
    Fault,  // The core refused an input: `name` and `code` are those of mbpf::Fault.
    Trap,   // The machine stopped a run: `name` and `code` are those of machine::Trap.
    Input,  // A file or an argument is not what it should be.
    Tool,   // A program that this one needs is missing, or failed.
    Place,  // Where the program should have run is missing, or failed.
};

struct Problem {
    ProblemKind kind{};
    std::string name{};
    unsigned code{};
    std::string program{};                // File as the user named it.
    std::optional<std::uint32_t> slot{};  // Instruction.
    std::optional<std::uint32_t> byte{};  // Offset in the input.
    std::optional<source::Line> line{};
    std::string instruction{};
    std::string reason{};
    std::string found{};
    std::string allowed{};
    std::string suggestion{};
    std::string details{};  // Verbatim, of another program: a compiler's messages.
};

class Failure : public std::exception {
public:
    Failure(ExitCode exit_code, Problem problem)
        : exit_code_{exit_code}, problem_{std::move(problem)} {}

    [[nodiscard]] ExitCode exit_code() const { return exit_code_; }
    [[nodiscard]] Problem const& problem() const { return problem_; }
    [[nodiscard]] char const* what() const noexcept override { return problem_.reason.c_str(); }

private:
    ExitCode exit_code_;
    Problem problem_;
};

// A command line that makes no sense.
[[nodiscard]] inline Failure usage(std::string reason, std::string found = {},
                                   std::string allowed = {}, std::string suggestion = {}) {
    return {ExitCode::Usage, Problem{.kind = ProblemKind::Input,
                                     .name = "Usage",
                                     .reason = std::move(reason),
                                     .found = std::move(found),
                                     .allowed = std::move(allowed),
                                     .suggestion = std::move(suggestion)}};
}

// What is wrong with a file or an argument: the most common failure.
[[nodiscard]] inline Failure unusable(std::string program, std::string reason,
                                      std::string suggestion = {}) {
    return {ExitCode::Unusable, Problem{.kind = ProblemKind::Input,
                                        .name = "Input",
                                        .program = std::move(program),
                                        .reason = std::move(reason),
                                        .suggestion = std::move(suggestion)}};
}

}  // namespace mbpf::toolkit
