// SPDX-License-Identifier: MIT
// Which core compile() makes code for. On a core that runs it, for that one. On a PC it may be for
// another, if its memory is mapped where that core has it; then somebody may read along.
#pragma once

#include <cstdint>

#include "mbpf/base/base.hpp"

namespace mbpf::jit {

// MBPF_UNCHECKED: no address is looked at and nothing is paid for, to see what that costs. A
// benchmark is built so, and nothing else.
#ifdef MBPF_UNCHECKED
inline constexpr bool is_checked = false;
#else
inline constexpr bool is_checked = true;
#endif

// What a stretch of code is for.
enum class Part : std::uint8_t {
    Common,  // ways out, for all of the program
    Enter,   // of a function that is called
    Fuel,    // instructions are paid for
    Work,    // what the program says
    Check,   // of an address
    Cold,    // calls for help, away from where others run
    Start,   // from the firmware
    Table,   // not code
};

// The code behind `at` bytes, up to the next note, is for the instruction at `pc`. One at 0 is the
// first, again if code is made a second time.
struct Note {
    std::uint32_t at;
    Pc pc;
    Part part;
};

#if defined(__thumb2__)

class Target {
public:
    static void note(Note const& /*ignored*/) {}
    static void note_visits(std::uint32_t /*ignored*/) {}
};

// How often analyses have looked at an instruction: what bounds the time that they take.
class Visits {
public:
    static void add(std::uint32_t /*ignored*/) {}
    [[nodiscard]] static std::uint32_t count() { return 0; }
};

#else

class Target {
public:
    using Reader = void (*)(void* context, Note const& note);

    Target() = default;
    Target(Reader reader, void* context, std::uint32_t* visits = nullptr)
        : reader_{reader}, context_{context}, visits_{visits} {}

    void note(Note const& note) const {
        if (reader_ != nullptr) {
            reader_(context_, note);
        }
    }

    void note_visits(std::uint32_t count) const {
        if (visits_ != nullptr) {
            *visits_ = count;
        }
    }

private:
    Reader reader_ = nullptr;
    void* context_ = nullptr;
    std::uint32_t* visits_ = nullptr;
};

class Visits {
public:
    void add(std::uint32_t count) { count_ += count; }
    [[nodiscard]] std::uint32_t count() const { return count_; }

private:
    std::uint32_t count_ = 0;
};

#endif

}  // namespace mbpf::jit
