// SPDX-License-Identifier: MIT
// The sentences of traps, in the order of core/mbpf/machine/trap.hpp. What was found and what was
// allowed depends on the run: describe.cpp adds it.
#include "toolkit/explain/sentences.hpp"

namespace mbpf::toolkit::explain {

Sentence sentence_of(machine::Trap trap) {
    using enum Where;
    using machine::Trap;
    switch (trap) {
        case Trap::None: return {"None", Nothing, "the program returned", "", "", ""};
        case Trap::OutOfBudget:
            return {"OutOfBudget",
                    Slot,
                    "the program used up its budget of instructions",
                    "",
                    "",
                    "look for a loop that does not end; otherwise allow more with --budget"};
        case Trap::LoadOutside:
            return {"LoadOutside",
                    Slot,
                    "the program read memory that is not its own",
                    "",
                    "",
                    "check the index or pointer against the size of what it points to"};
        case Trap::StoreOutside:
            return {"StoreOutside",
                    Slot,
                    "the program wrote to memory that it may not write",
                    "",
                    "",
                    "check the index or pointer; constants (.rodata) are read-only"};
        case Trap::CallTooDeep:
            return {"CallTooDeep",
                    Slot,
                    "the program called functions too deeply",
                    "",
                    "",
                    "turn the recursion into a loop"};
        case Trap::HelperArgument:
            return {"HelperArgument",
                    Slot,
                    "the program passed a helper a pointer that it may not use itself",
                    "",
                    "",
                    "pass a pointer to memory of the program, large enough for what the helper "
                    "does with it"};
        case Trap::HelperFailed:
            return {"HelperFailed",
                    Slot,
                    "a helper gave up",
                    "",
                    "",
                    "check what the program passed to it"};
        case Trap::Stopped:
            return {"Stopped", Slot, "the run was stopped from outside", "", "", ""};
        case Trap::Illegal:
            return {"Illegal",
                    Slot,
                    "the instructions changed while the program ran",
                    "",
                    "instructions stay as they were verified",
                    "keep the memory of a loaded program unchanged"};
    }
    return {};
}

}  // namespace mbpf::toolkit::explain
