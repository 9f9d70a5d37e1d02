// SPDX-License-Identifier: MIT
// Hooks by the names of sections: the function in SEC("timer/500ms") runs every 500 ms.
#include <fmt/format.h>
#include <algorithm>

#include "toolkit/package/package.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/source/elf_reader.hpp"

namespace mbpf::toolkit::package {

namespace {

std::optional<std::uint16_t> entry_of(input::Input const& input, std::string const& function) {
    for (std::uint32_t i = 0; i < input.program.entries.size(); ++i) {
        if (entry_name(input, i) == function) {
            return std::uint16_t(i);
        }
    }
    return {};
}

Hook hook_of(input::Input const& input, source::ElfFunction const& function,
             std::string const& section, Parsed const& parsed) {
    if (auto const* const reason = std::get_if<std::string>(&parsed)) {
        throw unusable(input.path,
                       fmt::format("the section of {}() names a hook that makes no sense: {}",
                                   function.name, *reason),
                       "SEC(\"boot\"), SEC(\"timer/500ms\"), SEC(\"coap/PATH\"), "
                       "SEC(\"coap_packet/PATH\") or SEC(\"event/7\"), each with @ORDER if needed");
    }
    std::optional<std::uint16_t> const entry = entry_of(input, function.name);
    if (!entry) {
        throw unusable(input.path,
                       fmt::format("{}() is in the section {}, but nothing can run it from outside",
                                   function.name, section),
                       "make it a function that is not static and that no other one calls");
    }
    Hook hook = std::get<Hook>(parsed);
    hook.entry = *entry;
    return hook;
}

}  // namespace

std::string entry_name(input::Input const& input, std::uint32_t index) {
    program::Entry const entry = input.program.entries.at(index);
    if (!entry.name.empty()) {
        return std::string(entry.name);
    }
    source::Function const* const function = input.map.function_starting(entry.pc);
    return function == nullptr ? "" : function->name;
}

std::vector<Hook> section_hooks(input::Input const& input) {
    std::vector<Hook> hooks;
    if (!input.is_linked()) {
        return hooks;
    }
    std::vector<source::ElfSection> const sections = source::read_elf_sections(input.file);
    for (source::ElfFunction const& function : source::read_elf_functions(sections)) {
        if (function.section >= sections.size()) {
            continue;
        }
        std::string const& section = sections[function.section].name;
        if (std::optional<Parsed> const parsed = parse_section(section)) {
            hooks.push_back(hook_of(input, function, section, *parsed));
        }
    }
    std::sort(hooks.begin(), hooks.end(),
              [](Hook const& a, Hook const& b) { return a.entry < b.entry; });
    return hooks;
}

}  // namespace mbpf::toolkit::package
