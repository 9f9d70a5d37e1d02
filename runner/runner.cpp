// SPDX-License-Identifier: MIT
#include "runner/runner.hpp"

#include "mbpf/helpers/helpers.hpp"
#include "mbpf/port/port.hpp"
#include "runner/signatures.hpp"

namespace mbpf::runner {

namespace {

// Helper 5 of the public conformance suite gives back its argument.
std::uint64_t conformance_unwind(std::uint64_t value) { return value; }

constexpr auto conformance_list =
    machine::HelperList{{machine::helper<conformance_unwind>({5}, machine::scalar)}};

constexpr std::size_t store_entries = 16;

class Execution {
public:
    Execution(Request const& request, Workspace workspace)
        : request_{request}, workspace_{workspace} {}

    // Each step answers true, or fills in why the reply ends there.
    [[nodiscard]] Reply run() {
        if (load() && verify() && prepare() && compile()) {
            request_.wants == Wants::Code ? show_code() : execute();
        }
        return reply_;
    }

private:
    [[nodiscard]] bool fail(Status status, Error error) {
        reply_.status = status;
        reply_.error = error;
        return false;
    }
    [[nodiscard]] bool load();
    [[nodiscard]] Result<std::size_t> fill_image() const;
    [[nodiscard]] bool verify();
    [[nodiscard]] bool prepare();
    [[nodiscard]] bool compile();
    [[nodiscard]] bool drop_text(WritableBytes memory);
    void execute();
    void show_code();
    void show_memory();
    [[nodiscard]] std::uint32_t entry_index() const;
    [[nodiscard]] WritableBytes text() const;

    Request const& request_;
    Workspace workspace_;
    Reply reply_;
    program::Program program_;
    Pc entry_{};
    Result<verifier::VerifiedProgram> verified_{Error{}};
    machine::Instance instance_;
    jit::Code code_{};
    helpers::Store::Entry entries_[2][store_entries];
    helpers::Store global_{entries_[1]};
    helpers::Environment environment_{helpers::TextOutput{workspace_.output},
                                      helpers::Store{entries_[0]}, &global_, workspace_.now_us};
};

// The program in memory that may be written: an object is linked into it, anything else copied, and
// calls that a table lists are resolved.
Result<std::size_t> Execution::fill_image() const {
    if (request_.format == program::Format::Elf) {
        return program::link_elf(request_.program, workspace_.image, {.entry = request_.entry});
    }
    std::size_t const bytes = request_.program.size();
    if (bytes > workspace_.image.size()) {
        return Error{Fault::MemoryTooSmall, 0, std::uint32_t(workspace_.image.size()),
                     std::uint32_t(bytes)};
    }
    if (bytes != 0) {
        __builtin_memcpy(workspace_.image.data(), request_.program.data(), bytes);
    }
    if (request_.format == program::Format::Extended) {
        Result<void> const resolved = program::resolve_calls(workspace_.image.first(bytes));
        if (!resolved.has_value()) {
            return resolved.error();
        }
    }
    return bytes;
}

bool Execution::load() {
    bool const is_linked = request_.format == program::Format::Elf;
    Result<std::size_t> const bytes = fill_image();
    if (!bytes.has_value()) {
        return fail(Status::Unusable, bytes.error());
    }
    Result<program::Program> const opened = program::open(
        workspace_.image.first(*bytes), is_linked ? program::Format::Image : request_.format);
    if (!opened.has_value()) {
        return fail(Status::Unusable, opened.error());
    }
    program_ = *opened;
    Result<maps::MapSet> const maps = maps::MapSet::read(program_);
    if (!maps.has_value()) {
        return fail(Status::Unusable, maps.error());
    }
    environment_.maps = *maps;
    reply_.text_slots = program_.text.slots();
    if (is_linked || request_.entry.empty()) {  // The linker puts the wanted entry first.
        entry_ = program_.entries.at(0).pc;
        return true;
    }
    Result<program::Entry> const entry = program_.entries.find(request_.entry);
    if (!entry.has_value()) {
        return fail(Status::Unusable, entry.error());
    }
    entry_ = entry->pc;
    return true;
}

bool Execution::verify() {
    verified_ = verifier::verify(program_, helpers_of(request_.suite), request_.policy);
    return verified_.has_value() || fail(Status::Rejected, verified_.error());
}

bool Execution::prepare() {
    reply_.plan = verified_->plan();
    reply_.memory_bytes = machine::memory_bytes(program_, reply_.plan);
    Result<void> done =
        instance_.prepare(program_, reply_.plan, workspace_.memory, helpers_of(request_.suite));
    std::size_t const bytes = request_.context.size();
    if (done.has_value() && bytes > workspace_.context.size()) {
        done = Error{Fault::MemoryTooSmall, 0, std::uint32_t(workspace_.context.size()),
                     std::uint32_t(bytes)};
    }
    if (done.has_value() && bytes != 0) {
        __builtin_memcpy(workspace_.context.data(), request_.context.data(), bytes);
        done = instance_.set_context({address_of(workspace_.context.data()), std::uint32_t(bytes),
                                      machine::Permission::ReadWrite});
    }
    return done.has_value() || fail(Status::Unusable, done.error());
}

// Half of the memory for code is the compiler's, while it works.
bool Execution::compile() {
    if (request_.engine != Engine::Jit) {
        return true;
    }
    if (!jit::is_native && request_.wants != Wants::Code) {
        return fail(Status::Unusable, Error{Fault::EngineUnavailable});
    }
    std::size_t const half = workspace_.code.size() / 2 & ~std::size_t{7};
    Result<jit::Code> const code = jit::compile(*verified_, instance_, workspace_.code.first(half),
                                                workspace_.code.subspan(half));
    if (!code.has_value()) {
        return fail(Status::Unusable, code.error());
    }
    code_ = *code;
    return request_.bytecode != Bytecode::Dropped || drop_text(workspace_.code.first(half));
}

bool Execution::drop_text(WritableBytes memory) {
    Result<jit::Code> const code = jit::drop_text(code_, *verified_, memory);
    if (!code.has_value()) {
        return fail(Status::Unusable, code.error());
    }
    code_ = *code;
    __builtin_memset(text().data(), 0xff, text().size());
    return true;
}

// Of entry_, which is one of them.
std::uint32_t Execution::entry_index() const {
    std::uint32_t index = 0;
    while (program_.entries.at(index).pc != entry_) {
        ++index;
    }
    return index;
}

WritableBytes Execution::text() const {
    Bytes const text = program_.text.bytes();
    std::size_t const offset = std::size_t(text.data() - workspace_.image.data());
    return workspace_.image.subspan(offset, text.size());
}

void Execution::execute() {
    std::byte* const data = pointer_to(instance_.data_address());
    environment_.maps.place(program_, data);
    instance_.set_environment(&environment_);
    bool const is_compiled = request_.engine == Engine::Jit;
    if (request_.bytecode == Bytecode::Accelerated && !is_compiled) {
        interpreter::accelerate(*verified_, text());
    }
    port::mark_start();
    reply_.outcome = is_compiled
                         ? jit::run(code_, *verified_, instance_, entry_index(), request_.budget)
                         : interpreter::run(*verified_, instance_, entry_, request_.budget);
    port::mark_end();
    bool const has_returned = reply_.outcome.report.trap == machine::Trap::None;
    reply_.status = has_returned ? Status::Ran : Status::Trapped;
    reply_.context = workspace_.context.first(request_.context.size());
    reply_.output = environment_.output.text();
    reply_.maps = Bytes{data + program_.maps_at(), program_.rights.map_bytes};
    if (request_.wants == Wants::Memory) {
        show_memory();
    }
}

// What does not fit is left out.
void Execution::show_memory() {
    machine::Region const& own = instance_.own();
    std::size_t const bytes = request_.context.size();
    if (fits(bytes, own.bytes, workspace_.context.size())) {
        __builtin_memcpy(workspace_.context.data() + bytes, pointer_to(own.base), own.bytes);
        reply_.context = workspace_.context.first(bytes + own.bytes);
    }
}

void Execution::show_code() {
    Placement placement;
    placement.memory = std::uint32_t(address_of(workspace_.memory.data()));
    placement.rodata = std::uint32_t(instance_.rodata().base);
    for (std::uint32_t id = 0; id <= config::max_helper_id; ++id) {
        machine::Helper const* const helper = instance_.helpers().find(HelperId{id});
        if (helper != nullptr) {
            placement.helpers[id] = std::uint32_t(machine::address_of_call(helper->direct));
        }
    }
    if (sizeof placement > workspace_.context.size()) {
        (void)fail(Status::Unusable,
                   Error{Fault::MemoryTooSmall, 0, std::uint32_t(workspace_.context.size()),
                         sizeof placement});
        return;
    }
    __builtin_memcpy(workspace_.context.data(), &placement, sizeof placement);
    reply_.context = workspace_.context.first(sizeof placement);
    reply_.output = as_text(code_.memory);
}

}  // namespace

machine::HelperTable helpers_of(Suite suite) {
    switch (suite) {
        case Suite::Standard: break;
        case Suite::Conformance: return conformance_list.table();
        case Suite::Signatures: return signatures();
    }
    return helpers::standard_helpers();
}

Reply execute(Request const& request, Workspace workspace) {
    return Execution{request, workspace}.run();
}

}  // namespace mbpf::runner
