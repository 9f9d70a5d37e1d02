// SPDX-License-Identifier: MIT
#include "toolkit/layout/refusal.hpp"

#include <set>
#include <utility>

namespace mbpf::toolkit::layout {

Refusal refuse(program::Program const& program, Fault fault, std::string reason) {
    using program::Format;
    Refusal refusal{fault, std::move(reason), {Format::Image, Format::Elf}};
    bool const is_bare = program.rodata.empty() && program.writable_bytes() == 0;
    bool const is_fixed = program.data_relocation_count() == 0;
    if (is_fixed && fault == Fault::SectionUnknown) {  // Only bare text lacks whole sections.
        refusal.able.insert(refusal.able.end(), {Format::Femto, Format::Extended});
    }
    if (is_bare) {
        refusal.able.push_back(Format::Text);
    }
    return refusal;
}

std::vector<HelperId> requested_helpers(program::Program const& program) {
    std::vector<HelperId> ids;
    if (program.rights.present) {
        for (std::uint32_t i = 0; i < program.rights.helper_count(); ++i) {
            ids.push_back(program.rights.helper(i));
        }
        return ids;
    }
    std::set<std::uint32_t> called;
    for (std::uint32_t i = 0; i < program.text.slots(); ++i) {
        isa::Slot const slot = program.text[Pc{i}];
        if (isa::is_wide(isa::shape_of(slot.opcode()))) {
            ++i;
        } else if (slot.opcode() == std::uint8_t(isa::Opcode::Call) && slot.src() == 0) {
            called.insert(slot.high);
        }
    }
    for (std::uint32_t const number : called) {
        ids.push_back(HelperId{number});
    }
    return ids;
}

}  // namespace mbpf::toolkit::layout
