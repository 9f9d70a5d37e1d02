// SPDX-License-Identifier: MIT
#include "toolkit/layout/refusal.hpp"

#include <utility>

#include "toolkit/isa/helper_calls.hpp"

namespace mbpf::toolkit::layout {

Refusal refuse(program::Program const& program, Fault fault, std::string reason) {
    using program::Format;
    Refusal refusal{fault, std::move(reason), {Format::Image, Format::Elf}};
    bool const is_bare = program.rodata.empty() && program.writable_bytes() == 0;
    bool const is_fixed = program.data_relocation_count() == 0 && program.map_count == 0;
    bool const starts_first = program.entries.at(0).pc == Pc{};
    // Only bare text lacks whole sections, and any program can do without an object.
    bool const is_other = fault == Fault::SectionUnknown || fault == Fault::FormatUnknown;
    if (is_fixed && starts_first && is_other) {
        refusal.able.push_back(Format::Femto);
        refusal.able.push_back(Format::Extended);
    }
    if (is_bare && starts_first) {
        refusal.able.push_back(Format::Text);
    }
    return refusal;
}

std::optional<Refusal> refuse_start(program::Program const& program) {
    std::uint32_t const start = program.entries.at(0).pc.slot;
    if (start == 0) {
        return {};
    }
    return refuse(program, Fault::EntryOutOfRange,
                  "the program starts at slot " + std::to_string(start) +
                      ", and the layout has every program start at slot 0");
}

std::vector<HelperId> requested_helpers(program::Program const& program) {
    if (!program.rights.present) {
        return helper_calls::called_helpers(program.text);
    }
    std::vector<HelperId> ids;
    for (std::uint32_t i = 0; i < program.rights.helper_count(); ++i) {
        ids.push_back(program.rights.helper(i));
    }
    return ids;
}

}  // namespace mbpf::toolkit::layout
