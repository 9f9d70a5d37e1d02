// SPDX-License-Identifier: MIT
#include "toolkit/isa/helper_calls.hpp"

#include <set>

namespace mbpf::toolkit::helper_calls {

std::vector<HelperCall> find_calls(isa::Text text) {
    std::vector<HelperCall> calls;
    std::uint32_t step = 1;
    for (Pc pc{}; pc.slot < text.slots(); pc.slot += step) {
        isa::Slot const slot = text[pc];
        step = isa::is_wide(isa::shape_of(slot.opcode())) ? 2 : 1;
        if (slot.opcode() == std::uint8_t(isa::Opcode::Call) && slot.src() == 0) {
            calls.push_back({pc, HelperId{slot.high}});
        }
    }
    return calls;
}

std::vector<HelperId> called_helpers(isa::Text text) {
    std::set<std::uint32_t> numbers;
    for (HelperCall const call : find_calls(text)) {
        numbers.insert(call.id.number);
    }
    std::vector<HelperId> ids;
    for (std::uint32_t const number : numbers) {
        ids.push_back(HelperId{number});
    }
    return ids;
}

}  // namespace mbpf::toolkit::helper_calls
