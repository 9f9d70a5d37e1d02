// SPDX-License-Identifier: MIT
// What compiled code does not do itself.
#include <bit>

#include "mbpf/interpreter/arithmetic.hpp"
#include "mbpf/interpreter/slow.hpp"
#include "mbpf/jit/jit.hpp"
#include "mbpf/jit/run.hpp"

namespace mbpf::jit {

namespace {

using interpreter::Frame;
using isa::Alu;
using isa::Slot;

using interpreter::Window;

// The region that was lent last is what a pointer from outside points to.
[[nodiscard]] Window first_window(machine::Instance const& instance, machine::Access access) {
    machine::Regions const& regions = instance.regions();
    machine::Region const& lent = regions[regions.size() - 1];
    bool const suits = lent.allows(access) && lent.bytes >= interpreter::narrowest_window;
    machine::Region const& region = suits ? lent : instance.own();
    return {region.base, region.bytes};
}

[[nodiscard]] QuickWindow quick(Window window, std::uint32_t usual_bytes) {
    return {std::uint32_t(window.base), std::uint32_t(window.bytes) - usual_bytes + 1};
}

void move_window(QuickWindow& window, Window to, std::uint32_t usual_bytes) {
    if (window.count != 0) {
        window = quick(to, usual_bytes);
    }
}

// Those that have registers of the core.
void publish_windows(Run const& run, CoreRegisters& core) {
    std::uint32_t const words[]{run.windows.readable.base, run.windows.readable.count,
                                run.windows.writable.base, run.windows.writable.count};
    for (std::uint32_t i = 0; i < 4; ++i) {
        Reg const reg = run.code->homes.of(Item(std::uint32_t(Item::ReadBase) + i));
        if (reg != in_memory) {
            core[std::uint32_t(reg)] = words[i];
        }
    }
}

bool trap(Run& run, machine::Trap kind, std::uint64_t address = 0, std::uint32_t bytes = 0) {
    *run.report = {kind, std::uint8_t(bytes), Pc{}, address};
    return false;
}

// Halves of `regs` that have registers of the core, into the registers of the program, or out of
// them.
template <bool goes_out>
void exchange(Run& run, CoreRegisters& core, std::uint32_t regs) {
    Homes const& homes = run.code->homes;
    for (; regs != 0; regs &= regs - 1) {
        std::uint32_t const reg = std::uint32_t(std::countr_zero(regs));
        void* const start = &run.frame.registers[reg];
        std::uint32_t* const halves = static_cast<std::uint32_t*>(start);
        Reg const low = homes.of(Homes::low(reg));
        Reg const high = reg == isa::frame_pointer ? in_memory : homes.of(Homes::high(reg));
        if (low != in_memory) {
            std::uint32_t& word = core[std::uint32_t(low)];
            goes_out ? word = halves[0] : halves[0] = word;
        }
        if (high != in_memory) {
            std::uint32_t& word = core[std::uint32_t(high)];
            goes_out ? word = halves[1] : halves[1] = word;
        }
    }
}

// Whether a region allows the access at `base` + its offset; the window moves there.
bool admit(Run& run, Slot access, std::uint64_t base, bool is_load) {
    std::uint64_t const address = base + std::uint64_t(std::int64_t(access.offset()));
    std::uint32_t const bytes = isa::access_bytes(access.opcode());
    machine::Region const* const region =
        machine::is_reachable(address)
            ? run.code->instance->regions().find(
                  std::uintptr_t(address), bytes,
                  is_load ? machine::Access::Read : machine::Access::Write)
            : nullptr;
    if (region == nullptr) {
        return trap(run, is_load ? machine::Trap::LoadOutside : machine::Trap::StoreOutside,
                    address, bytes);
    }
    if (region->bytes >= interpreter::narrowest_window) {
        WindowBytes const usual = run.code->window_bytes;
        move_window(is_load ? run.windows.readable : run.windows.writable,
                    {region->base, region->bytes}, is_load ? usual.readable : usual.writable);
    }
    return true;
}

// Of a register of the program, from its home.
[[nodiscard]] std::uint32_t upper_half(Run const& run, CoreRegisters const& core,
                                       std::uint32_t reg) {
    Reg const home = run.code->homes.of(Homes::high(reg));
    return home == in_memory ? std::uint32_t(run.frame.registers[reg] >> 32)
                             : core[std::uint32_t(home)];
}

// r12 is how far the base is from something; with a window, base and offset.
[[nodiscard]] bool serve_access(Run& run, CoreRegisters& core, Slot access, std::uint32_t wanted) {
    auto const relative = Relative(wanted & 3);
    auto const high = High(wanted >> 2);
    bool const is_load = isa::shape_of(access.opcode()) == isa::Shape::Load;
    QuickWindow const& window = is_load ? run.windows.readable : run.windows.writable;
    std::uint32_t const offset = std::uint32_t(std::int32_t(access.offset()));
    std::uint32_t const base = is_load ? access.src() : access.dst();
    std::uint32_t& distance = core[12];
    machine::Instance const& instance = *run.code->instance;
    std::uint32_t const start =
        relative == Relative::Own       ? std::uint32_t(instance.own().base)
        : relative == Relative::Context ? std::uint32_t(instance.context().base)
        : relative == Relative::Rodata  ? std::uint32_t(instance.rodata().base)
                                        : window.base - offset;
    std::uint32_t const low = distance + start;
    // What is near a region is as far from it as its low half says, and regions are below 2^31.
    bool const is_near = high == High::Near && relative != Relative::Window;
    bool const is_negative =
        is_near ? std::int64_t{std::int32_t(distance)} + start < 0 : low >> 31 != 0;
    std::uint32_t const upper = high == High::Zero    ? 0
                                : high == High::Given ? upper_half(run, core, base)
                                : is_negative         ? ~0u
                                                      : 0u;
    bool const goes_on = admit(run, access, low | std::uint64_t(upper) << 32, is_load);
    if (relative == Relative::Window) {
        distance = low + offset - window.base;
    }
    return goes_on;
}

// call_checked() leaves the regions that it found as windows: the next call may be quick.
[[nodiscard]] bool serve_helper(Run& run, Slot call) {
    Frame& frame = run.frame;
    WindowBytes const usual = run.code->window_bytes;
    machine::Instance const& instance = *frame.instance;
    frame.readable = usual.readable != 0 ? Window{run.windows.readable.base,
                                                  run.windows.readable.count + usual.readable - 1}
                                         : first_window(instance, machine::Access::Read);
    frame.writable = usual.writable != 0 ? Window{run.windows.writable.base,
                                                  run.windows.writable.count + usual.writable - 1}
                                         : first_window(instance, machine::Access::Write);
    bool const goes_on = interpreter::call_checked(frame, HelperId{call.high});
    move_window(run.windows.readable, frame.readable, usual.readable);
    move_window(run.windows.writable, frame.writable, usual.writable);
    return goes_on;
}

// Grants more instructions.
[[nodiscard]] bool serve_fuel(Run& run, std::int32_t& fuel) {
    std::uint32_t const budget = run.budget < longest_run ? run.budget : longest_run;
    while (fuel < 0) {
        std::uint32_t const grant = interpreter::next_grant(budget - run.granted);
        bool const stops = !run.code->instance->breathe();
        if (stops || grant == 0) {
            return trap(run, stops ? machine::Trap::Stopped : machine::Trap::OutOfBudget);
        }
        run.granted += grant;
        fuel += std::int32_t(grant);
    }
    return true;
}

}  // namespace

void divide(std::uint64_t* words, std::uint32_t what) {
    std::uint64_t& a = words[what >> 4 & 0xf];
    std::uint64_t const b = words[what >> 8];
    switch (what & 3) {
        case 0: a = interpreter::divide(a, b); break;
        case 1: a = interpreter::modulo(a, b); break;
        case 2: a = interpreter::signed_divide(a, b); break;
        default: a = interpreter::signed_modulo(a, b); break;
    }
}

QuickWindows open_windows(Code const& code) {
    machine::Instance const& instance = *code.instance;
    return {quick(first_window(instance, machine::Access::Read), code.window_bytes.readable),
            quick(first_window(instance, machine::Access::Write), code.window_bytes.writable)};
}

void serve(Run& run, CoreRegisters& core) {
    Code const& code = *run.code;
    std::uint32_t const code_at = std::uint32_t(address_of(code.memory.data()));
    std::uint32_t const behind = (core[13] - code_at) & ~1u;
    bool const is_marked = load<std::uint16_t>(Bytes{code.memory}, behind) == slot_mark;
    core[13] += is_marked ? 4u : 0u;
    Site const site =
        is_marked && !code.is_text_dropped
            ? Site{0, load<std::uint16_t>(Bytes{code.memory}, behind + 2), Wanted::Instruction}
            : find_site(code.sites, behind / 2);
    std::uint32_t const fuel_at = std::uint32_t(code.homes.of(Item::Fuel));
    auto fuel = std::int32_t(core[fuel_at]);
    bool goes_on = true;
    std::uint32_t const index = code.is_text_dropped ? site.ordinal : site.slot;
    run.frame.pc = code.text + std::size_t(index) * slot_bytes;
    Slot const slot = needs_instruction(site.wanted) ? isa::load_slot(run.frame.pc) : Slot{};
    switch (site.wanted) {
        case Wanted::Fuel: goes_on = serve_fuel(run, fuel); break;
        case Wanted::Shut:
            run.windows.readable.count = 0;
            run.windows.writable.count = 0;
            break;
        case Wanted::Depth: goes_on = trap(run, machine::Trap::CallTooDeep); break;
        case Wanted::Instruction:
        case Wanted::Helper: {
            run.frame.instance = code.instance;
            run.frame.helpers = code.instance->helpers();
            run.frame.report = run.report;
            bool const calls = is_helper_call(slot);
            std::uint32_t const operands = 1u << slot.dst() | 1u << slot.src() | 1u;
            constexpr std::uint32_t arguments = 0x3e;
            run.frame.registers[isa::frame_pointer] = code.instance->frame_pointer();
            exchange<false>(run, core, calls ? arguments : operands);
            goes_on = calls ? serve_helper(run, slot) : interpreter::execute_slowly(run.frame);
            exchange<true>(run, core, calls ? 1u : operands);
            break;
        }
        default: goes_on = serve_access(run, core, slot, std::uint32_t(site.wanted));
    }
    publish_windows(run, core);
    core[fuel_at] = std::uint32_t(fuel);
    if (!goes_on) {
        run.report->pc = {site.slot};
        core[13] = code_at + code.leave * 2u + 1;  // Odd: Thumb.
    }
}

void settle_debt(Run& run, Left& left) {
    if (run.report->trap == machine::Trap::None && !serve_fuel(run, left.fuel)) {
        Code const& code = *run.code;
        std::uint32_t const at = left.behind - std::uint32_t(address_of(code.memory.data()));
        bool const is_only = code.only_exit != no_only_exit;
        run.report->pc = {is_only ? code.only_exit : find_site(code.sites, at / 2).slot};
    }
}

}  // namespace mbpf::jit
