// SPDX-License-Identifier: MIT
#include "toolkit/verify/plan.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mbpf/machine/machine.hpp"
#include "toolkit/explain/helper_names.hpp"
#include "toolkit/isa/disassembly.hpp"
#include "toolkit/isa/helper_calls.hpp"

namespace mbpf::toolkit::verify {

namespace {

using report::Ink;
using report::Table;

constexpr std::size_t max_shown_slots = 8;  // Of the calls of one helper; the JSON form has all.

struct Accesses {
    std::uint32_t all{};
    std::uint32_t checked{};  // When they run; the others are proved.
};

Accesses count_accesses(verifier::VerifiedProgram const& verified) {
    isa::Text const text = verified.text();
    Accesses count;
    for (Pc pc{}; pc.slot < text.slots(); pc.slot += disassembly::slots_of(text, pc)) {
        switch (isa::shape_of(text[pc].opcode())) {
            case isa::Shape::Load:
            case isa::Shape::StoreImm:
            case isa::Shape::StoreReg:
            case isa::Shape::AtomicReg:
                ++count.all;
                count.checked += verified.needs_check(pc) ? 1u : 0u;
                break;
            default: break;
        }
    }
    return count;
}

std::vector<std::uint32_t> slots_calling(std::vector<helper_calls::HelperCall> const& calls,
                                         HelperId id) {
    std::vector<std::uint32_t> slots;
    for (helper_calls::HelperCall const call : calls) {
        if (call.id == id) {
            slots.push_back(call.pc.slot);
        }
    }
    return slots;
}

// "3 bytes", "1 byte"
std::string counted(std::uint64_t count, char const* noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string stack_text(machine::StackPlan plan) {
    return fmt::format("{} in {} of {}", counted(plan.stack_bytes(), "byte"),
                       counted(plan.depth, "frame"), plan.frame_bytes);
}

std::string slots_text(std::vector<std::uint32_t> const& slots) {
    std::string text = slots.size() == 1 ? "slot" : "slots";
    for (std::size_t i = 0; i < slots.size() && i < max_shown_slots; ++i) {
        text += fmt::format("{}{}", i == 0 ? " " : ", ", slots[i]);
    }
    return text + (slots.size() > max_shown_slots ? ", ..." : "");
}

}  // namespace

std::string memory_text(machine::StackPlan plan, std::uint32_t memory_bytes,
                        std::uint32_t data_bytes) {
    std::string parts;
    auto const add = [&parts](char const* name, std::uint32_t bytes) {
        if (bytes != 0) {
            parts += fmt::format("{}{} {}", parts.empty() ? ": " : ", ", name, bytes);
        }
    };
    add("stack", plan.stack_bytes());
    add("saved registers", plan.saved_bytes());
    add("data", data_bytes);
    std::uint32_t const known = plan.stack_bytes() + plan.saved_bytes() + data_bytes;
    if (known != 0) {
        add("padding", memory_bytes - known);
    }
    return fmt::format("{} of RAM{}", counted(memory_bytes, "byte"),
                       parts.empty() ? ", the least there is" : parts);
}

void add_plan(Table& table, verifier::VerifiedProgram const& verified) {
    machine::StackPlan const plan = verified.plan();
    program::Program const& program = verified.program();
    table.add({{"stack", Ink::Dim}, {stack_text(plan)}});
    table.add(
        {{"memory", Ink::Dim},
         {memory_text(plan, machine::memory_bytes(program, plan), program.writable_bytes())}});
    Accesses const accesses = count_accesses(verified);
    std::string const text =
        accesses.all == 0
            ? "none to memory"
            : fmt::format("{} of {} proved, {} checked when they run",
                          accesses.all - accesses.checked, accesses.all, accesses.checked);
    table.add({{"accesses", Ink::Dim}, {text}});
}

nlohmann::ordered_json plan_json(verifier::VerifiedProgram const& verified) {
    machine::StackPlan const plan = verified.plan();
    Accesses const accesses = count_accesses(verified);
    return {{"frame_bytes", plan.frame_bytes},
            {"call_depth", plan.depth},
            {"stack_bytes", plan.stack_bytes()},
            {"saved_bytes", plan.saved_bytes()},
            {"data_bytes", verified.program().writable_bytes()},
            {"memory_bytes", machine::memory_bytes(verified.program(), plan)},
            {"accesses", accesses.all},
            {"accesses_checked", accesses.checked}};
}

void add_helper_calls(Table& table, isa::Text text) {
    std::vector<helper_calls::HelperCall> const calls = helper_calls::find_calls(text);
    std::string name = "calls";
    for (HelperId const id : helper_calls::called_helpers(text)) {
        std::string const slots = slots_text(slots_calling(calls, id));
        table.add({{name, Ink::Dim}, {explain::helper_text(id) + " at " + slots}});
        name.clear();
    }
    if (calls.empty()) {
        table.add({{name, Ink::Dim}, {"no helper"}});
    }
}

nlohmann::ordered_json helper_calls_json(isa::Text text) {
    std::vector<helper_calls::HelperCall> const calls = helper_calls::find_calls(text);
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (HelperId const id : helper_calls::called_helpers(text)) {
        nlohmann::ordered_json json = helper_json(id);
        json["slots"] = slots_calling(calls, id);
        list.push_back(std::move(json));
    }
    return list;
}

nlohmann::ordered_json helper_json(HelperId id) {
    return {{"id", id.number}, {"name", std::string(explain::name_of(id))}};
}

}  // namespace mbpf::toolkit::verify
