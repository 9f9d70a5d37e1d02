// SPDX-License-Identifier: MIT
#include "toolkit/explain/describe.hpp"

#include <fmt/format.h>

#include "mbpf/agent/agent.hpp"
#include "toolkit/explain/helper_names.hpp"
#include "toolkit/explain/sentences.hpp"
#include "toolkit/isa/disassembly.hpp"
#include "toolkit/package/hook.hpp"

namespace mbpf::toolkit::explain {

namespace {

// Of an agent::Pull::Reason, or a response code.
std::string fetch_text(std::uint32_t reason) {
    using Reason = agent::Pull::Reason;
    switch (reason) {
        case std::uint32_t(Reason::Silent): return "silence";
        case std::uint32_t(Reason::Reset):
            return "somebody who does not know what to do with a request";
        case std::uint32_t(Reason::Malformed): return "something that is no block of a file";
        case std::uint32_t(Reason::Changed): return "a file that changed on the way";
        case std::uint32_t(Reason::Slow): return "too little in too long a time";
        default: return fmt::format("the answer {}.{:02}", reason >> 5, reason & 31);
    }
}

// From that sequence number on; behind the last there is none.
std::string sequence_text(std::uint32_t lowest) {
    return lowest == 0 ? "no more: 4294967295 was the last" : fmt::format("{} or higher", lowest);
}

std::string fill(std::string_view pattern, Error const& error) {
    return fmt::format(fmt::runtime(pattern), fmt::arg("found", error.found),
                       fmt::arg("allowed", error.allowed),
                       fmt::arg("allowed_sequence", sequence_text(error.allowed)),
                       fmt::arg("found_signed", std::int32_t(error.found)),
                       fmt::arg("found_hex", fmt::format("0x{:02x}", error.found)),
                       fmt::arg("found_fetch", fetch_text(error.found)),
                       fmt::arg("found_hook", package::name_of(container::HookKind(error.found))),
                       fmt::arg("found_helper", helper_text(HelperId{error.found})));
}

// What is known about the instruction at `slot`.
void add_instruction(Problem& problem, std::uint32_t slot, Subject const& subject) {
    problem.slot = slot;
    if (subject.program != nullptr && slot < subject.program->text.slots()) {
        isa::Text const text = subject.program->text;
        std::vector<source::Function> const functions =
            subject.map == nullptr ? std::vector<source::Function>{} : subject.map->functions;
        problem.instruction = disassembly::instruction_text(
            text, Pc{slot}, disassembly::make_labels(text, functions));
    }
    if (subject.map != nullptr) {
        problem.line = subject.map->find(Pc{slot});
    }
}

std::string rights_text(program::Program const& program) {
    std::string text;
    for (std::uint32_t i = 0; i < program.rights.helper_count(); ++i) {
        text += (i == 0 ? "" : ", ") + helper_text(program.rights.helper(i));
    }
    return text.empty() ? "no helper at all" : text;
}

// "stack (64 bytes), data (8), constants (20) and context (4)", as far as there are any.
std::string memory_text(runner::Request const& request, runner::Reply const& reply,
                        Subject const& subject, bool is_write) {
    std::string text = fmt::format("its stack ({} bytes)", reply.plan.stack_bytes());
    if (subject.program != nullptr) {
        if (std::uint32_t const bytes = subject.program->writable_bytes(); bytes != 0) {
            text += fmt::format(", its data ({} bytes)", bytes);
        }
        if (std::size_t const bytes = subject.program->rodata.size(); bytes != 0 && !is_write) {
            text += fmt::format(", its constants ({} bytes)", bytes);
        }
    }
    if (!request.context.empty()) {
        text += fmt::format(", its context ({} bytes)", request.context.size());
    }
    return text;
}

std::string called_helper(Problem const& problem, Subject const& subject) {
    if (subject.program == nullptr || *problem.slot >= subject.program->text.slots()) {
        return "the helper";
    }
    return helper_text(HelperId{subject.program->text[Pc{*problem.slot}].high});
}

}  // namespace

Problem describe(Error const& error, Subject const& subject) {
    Sentence const sentence = sentence_of(error.fault);
    Problem problem{.kind = ProblemKind::Fault,
                    .name = std::string(sentence.name),
                    .code = unsigned(error.fault),
                    .program = subject.path,
                    .reason = std::string(sentence.reason),
                    .found = fill(sentence.found, error),
                    .allowed = fill(sentence.allowed, error),
                    .suggestion = std::string(sentence.suggestion)};
    switch (sentence.where) {
        case Where::Nothing: break;
        case Where::Byte: problem.byte = error.where; break;
        case Where::Slot: add_instruction(problem, error.where, subject); break;
    }
    bool const has_rights = subject.program != nullptr && subject.program->rights.present;
    if (error.fault == Fault::HelperNotGranted && has_rights) {
        HelperId const id{error.found};
        bool const is_requested = subject.program->rights.requests_helper(id);
        problem.allowed = is_requested ? fmt::format("what is granted; the image asks for {}",
                                                     rights_text(*subject.program))
                                       : fmt::format("what the image asks for: {}",
                                                     rights_text(*subject.program));
    }
    return problem;
}

Problem describe_report(machine::TrapReport const& report, Subject const& subject) {
    Sentence const sentence = sentence_of(report.trap);
    Problem problem{.kind = ProblemKind::Trap,
                    .name = std::string(sentence.name),
                    .code = unsigned(report.trap),
                    .program = subject.path,
                    .reason = std::string(sentence.reason),
                    .allowed = std::string(sentence.allowed),
                    .suggestion = std::string(sentence.suggestion)};
    add_instruction(problem, report.pc.slot, subject);
    bool const is_access =
        report.trap == machine::Trap::LoadOutside || report.trap == machine::Trap::StoreOutside;
    if (is_access) {
        std::string const at =
            report.address == 0 ? "" : fmt::format(" at address 0x{:x}", report.address);
        problem.found = fmt::format("{} byte{}{}", report.bytes, report.bytes == 1 ? "" : "s", at);
    }
    return problem;
}

Problem describe_trap(runner::Request const& request, runner::Reply const& reply,
                      Subject const& subject) {
    machine::TrapReport const& report = reply.outcome.report;
    Problem problem = describe_report(report, subject);
    switch (report.trap) {
        case machine::Trap::OutOfBudget:
            problem.found = fmt::format("{} instructions, and no end", reply.outcome.instructions);
            problem.allowed = fmt::format("{} instructions", request.budget.instructions);
            break;
        case machine::Trap::LoadOutside:
        case machine::Trap::StoreOutside: {
            bool const is_write = report.trap == machine::Trap::StoreOutside;
            problem.found = fmt::format("{} byte{} at address 0x{:x}", report.bytes,
                                        report.bytes == 1 ? "" : "s", report.address);
            problem.allowed = memory_text(request, reply, subject, is_write);
            break;
        }
        case machine::Trap::CallTooDeep:
            problem.found = fmt::format("one call more than {} deep", reply.plan.depth);
            problem.allowed = fmt::format("{} functions deep", reply.plan.depth);
            break;
        case machine::Trap::HelperArgument:
            problem.found = fmt::format("0x{:x} as argument {} of {}", report.address, report.bytes,
                                        called_helper(problem, subject));
            problem.allowed = "pointers into " + memory_text(request, reply, subject, false);
            break;
        case machine::Trap::HelperFailed:
            problem.found = fmt::format("a failure of {}", called_helper(problem, subject));
            break;
        case machine::Trap::None:
        case machine::Trap::Stopped:
        case machine::Trap::Illegal: break;
    }
    return problem;
}

}  // namespace mbpf::toolkit::explain
