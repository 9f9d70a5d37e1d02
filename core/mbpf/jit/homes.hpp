// SPDX-License-Identifier: MIT
// Which registers of the core hold what while compiled code runs: chosen once for a program, by how
// often each half is used, weighted by the loops it is used in.
#pragma once

#include "mbpf/jit/emitter.hpp"
#include "mbpf/jit/flow.hpp"
#include "mbpf/jit/run.hpp"

namespace mbpf::jit {

// What may have a register: low halves of r0 to r10, upper halves of r0 to r9, and these. The last
// two are never in memory. What services change is in memory too.
enum class Item : std::uint32_t {
    Own = 21,
    ContextBase,
    ContextLast,
    ReadBase,
    ReadCount,
    WriteBase,
    WriteCount,
    Fuel,
    Rodata
};
inline constexpr std::uint32_t item_count = 30;

inline constexpr Reg scratch = Reg::r12;
inline constexpr Reg scratch2 = Reg::lr;
inline constexpr Reg in_memory = Reg::pc;

class Homes {
public:
    Homes() = default;
    explicit Homes(Flow const& flow);

    [[nodiscard]] static constexpr Item low(std::uint32_t reg) { return Item(reg); }
    [[nodiscard]] static constexpr Item high(std::uint32_t reg) {
        return Item(isa::register_count + reg);
    }
    // Its register, or in_memory.
    [[nodiscard]] Reg of(Item item) const { return Reg(regs_[std::uint32_t(item)]); }
    [[nodiscard]] bool has_reg(Item item) const { return of(item) != in_memory; }
    [[nodiscard]] bool is_used(Item item) const { return (used_ >> std::uint32_t(item) & 1) != 0; }
    [[nodiscard]] std::uint32_t used() const { return used_; }
    void note_use(Item item) { used_ |= 1u << std::uint32_t(item); }
    // Where it lives in a Run otherwise.
    [[nodiscard]] static std::int32_t slot_of(Item item);

private:
    void weigh(Flow const& flow, std::uint32_t (&weights)[item_count]);

    std::uint8_t regs_[item_count];  // Each a Reg.
    std::uint32_t used_ = 0;
    bool keeps_context_ = true;  // Whether r1 is the context from start to end.
};

// What a context must be like for code that does not check it.
struct ContextNeeds {
    std::uint32_t bytes = 0;
    machine::Access access{};  // None, Read or ReadWrite.
};

// Code that has windows needs them to be opened: it asks for what no region allows, so that others
// do not even ask.
inline constexpr std::uint8_t windows_bit = 4;
[[nodiscard]] constexpr ContextNeeds with_windows(ContextNeeds needs) {
    return {needs.bytes, machine::Access(std::uint8_t(needs.access) | windows_bit)};
}
[[nodiscard]] constexpr ContextNeeds without_windows(ContextNeeds needs) {
    return {needs.bytes, machine::Access(std::uint8_t(needs.access) & ~windows_bit)};
}

}  // namespace mbpf::jit
