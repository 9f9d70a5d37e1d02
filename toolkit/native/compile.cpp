// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstring>

#include "toolkit/explain/describe.hpp"
#include "toolkit/native/native.hpp"
#include "toolkit/place/emulator.hpp"
#include "toolkit/problem.hpp"

namespace mbpf::toolkit::native {

namespace {

constexpr std::size_t most_code_bytes = 0x2'0000;

// Memory at an address that somebody else chose.
class Mapped {
public:
    Mapped(std::uintptr_t address, std::size_t bytes) : bytes_{bytes} {
        void* const wanted = pointer_to(address);
        start_ = bytes == 0 ? wanted
                            : mmap(wanted, bytes, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (start_ != wanted) {
            release();
            throw place::unavailable(
                "AddressTaken",
                fmt::format("there is no room at {:#x}, where the device has it", address), "",
                std::strerror(errno));
        }
    }
    Mapped(Mapped const&) = delete;
    Mapped& operator=(Mapped const&) = delete;
    ~Mapped() { release(); }

private:
    void release() const {
        if (bytes_ != 0 && start_ != MAP_FAILED) {
            munmap(start_, bytes_);
        }
    }

    void* start_;
    std::size_t bytes_;
};

struct Pages {
    std::uintptr_t first{};
    std::uintptr_t end{};

    static Pages of(std::uintptr_t address, std::size_t bytes) {
        std::uintptr_t const size = std::uintptr_t(sysconf(_SC_PAGESIZE));
        return {address / size * size,
                (address + std::max<std::size_t>(bytes, 1) + size - 1) / size * size};
    }
    [[nodiscard]] bool touches(Pages other) const { return first < other.end && other.first < end; }
};

// The helpers that there are, where the device has them.
class Helpers {
public:
    explicit Helpers(runner::Placement const& placement) {
        machine::HelperTable const here = runner::helpers_of(runner::Suite::Standard);
        for (std::uint32_t id = 0; id <= config::max_helper_id; ++id) {
            if (machine::Helper const* const helper = here.find(HelperId{id})) {
                helpers_.push_back(*helper);
                helpers_.back().direct = machine::direct_call_at(placement.helpers[id]);
                index_by_id_[id] = std::uint8_t(helpers_.size());
            }
        }
    }
    [[nodiscard]] machine::HelperTable table() const {
        return {helpers_.data(), index_by_id_.data()};
    }

private:
    std::vector<machine::Helper> helpers_;
    std::array<std::uint8_t, config::max_helper_id + 1> index_by_id_{};
};

template <class T>
T value_of(Result<T> const& result, ExitCode code, input::Input const& input) {
    if (!result.has_value()) {
        throw Failure{code, explain::describe(result.error(), input.subject())};
    }
    return *result;
}

void take_note(void* context, jit::Note const& note) {
    Code& code = *static_cast<Code*>(context);
    if (note.at == 0) {
        code.notes.clear();
    }
    code.notes.push_back(note);
}

Code compile_for(verifier::VerifiedProgram const& verified, machine::Instance& instance,
                 input::Input const& input) {
    std::vector<std::uint64_t> memory(most_code_bytes / sizeof(std::uint64_t));
    Code code;
    code.scratch_bytes = std::uint32_t(jit::scratch_bytes(verified.text().slots()));
    for (int attempt = 0; attempt < 2; ++attempt) {
        std::vector<std::uint64_t> scratch(code.scratch_bytes / sizeof(std::uint64_t) + 1);
        code.notes.clear();
        Result<jit::Code> const made =
            jit::compile(verified, instance, std::as_writable_bytes(std::span{memory}),
                         std::as_writable_bytes(std::span{scratch}), jit::Target{take_note, &code});
        if (!made.has_value() && attempt == 0 && made.error().fault == Fault::MemoryTooSmall) {
            // It has many jumps: the workspace is too small. For the code there is enough.
            code.scratch_bytes = made.error().allowed;
            continue;
        }
        jit::Code const& done = value_of(made, ExitCode::Unusable, input);
        code.bytes.assign(done.memory.begin(), done.memory.end());
        code.sites_bytes = std::uint32_t(done.sites.size());
        code.needs = done.context_needs;
        break;
    }
    // Notes of places where nothing came are of no use.
    std::vector<jit::Note> notes;
    for (jit::Note const& note : code.notes) {
        if (!notes.empty() && notes.back().at == note.at) {
            notes.pop_back();
        }
        notes.push_back(note);
    }
    code.notes = notes;
    return code;
}

}  // namespace

runner::Placement typical_placement() {
    runner::Placement placement{.memory = 0x2000'2a48, .rodata = 0x0806'1018};
    machine::HelperTable const here = runner::helpers_of(runner::Suite::Standard);
    for (std::uint32_t id = 0; id <= config::max_helper_id; ++id) {
        machine::Helper const* const helper = here.find(HelperId{id});
        bool const is_direct = helper != nullptr && helper->direct != nullptr;
        placement.helpers[id] = is_direct ? 0x0801'2341 + 0x40 * id : 0;
    }
    return placement;
}

Code compile(input::Input const& input, runner::Placement const& placement) {
    program::Program const& program = input.program;
    Helpers const helpers{placement};
    verifier::Policy policy;
    policy.granted = machine::HelperSet::all();
    machine::StackPlan const plan =
        value_of(verifier::verify(program, helpers.table(), policy), ExitCode::Rejected, input)
            .plan();
    std::uint32_t const bytes = machine::memory_bytes(program, plan);
    Pages ram = Pages::of(placement.memory, bytes);
    Pages rodata = Pages::of(placement.rodata, program.rodata.size());
    if (ram.touches(rodata)) {
        ram = {std::min(ram.first, rodata.first), std::max(ram.end, rodata.end)};
        rodata = {};
    }
    if (program.rodata.empty()) {
        rodata = {};
    }
    Mapped const mapped_ram{ram.first, ram.end - ram.first};
    Mapped const mapped_rodata{rodata.first, rodata.end - rodata.first};
    program::Program there = program;
    if (!program.rodata.empty()) {
        std::byte* const start = pointer_to(placement.rodata);
        std::ranges::copy(program.rodata, start);
        there.rodata = {start, program.rodata.size()};
    }
    verifier::VerifiedProgram const verified =
        value_of(verifier::verify(there, helpers.table(), policy), ExitCode::Rejected, input);
    machine::Instance instance;
    Result<void> const ready =
        instance.prepare(there, plan, {pointer_to(placement.memory), bytes}, helpers.table());
    if (!ready.has_value()) {
        throw Failure{ExitCode::Unusable, explain::describe(ready.error(), input.subject())};
    }
    return compile_for(verified, instance, input);
}

std::vector<std::uint32_t> bytes_by_part(Code const& code) {
    std::vector<std::uint32_t> bytes(part_count);
    std::uint32_t const end = std::uint32_t(code.bytes.size()) - code.sites_bytes;
    for (std::size_t i = 0; i < code.notes.size(); ++i) {
        std::uint32_t const next = i + 1 < code.notes.size() ? code.notes[i + 1].at : end;
        bytes[std::uint32_t(code.notes[i].part)] += next - code.notes[i].at;
    }
    bytes[std::uint32_t(jit::Part::Table)] += code.sites_bytes;
    return bytes;
}

std::string_view name_of(jit::Part part) {
    switch (part) {
        case jit::Part::Common: return "common";
        case jit::Part::Enter: return "enter";
        case jit::Part::Fuel: return "fuel";
        case jit::Part::Work: return "work";
        case jit::Part::Check: return "check";
        case jit::Part::Cold: return "cold";
        case jit::Part::Start: return "entry";
        case jit::Part::Table: return "table";
    }
    return "";
}

}  // namespace mbpf::toolkit::native
