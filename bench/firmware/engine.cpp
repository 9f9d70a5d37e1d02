// SPDX-License-Identifier: MIT
// The programs as images that an engine runs: a batch of requests (runner/wire.hpp), whose entry is
// the name of the program. Each step from bytes to result is measured apart.
#include "bench/firmware/helper_lists.hpp"
#include "bench/firmware/measure.hpp"
#include "firmware/memory.hpp"
#include "mbpf/container/container.hpp"
#include "runner/wire.hpp"

namespace mbpf::bench {

namespace {

// How the machine is set up, besides what each request says.
struct Setup {
    machine::HelperTable helpers;
    std::uint32_t regions{};  // That a program may reach; its own, rodata and context are three.
};

constexpr std::size_t max_name_bytes = 32;
constexpr std::size_t max_memory_bytes = 8192;
constexpr std::size_t max_code_bytes = 0x2'0000;  // What code can be at most.
constexpr std::size_t max_scratch_bytes = 0x8'0000;

bench_context context;
alignas(8) std::byte memory[max_memory_bytes];
alignas(8) std::byte code_memory[max_code_bytes];
alignas(8) std::byte scratch[max_scratch_bytes];
std::uint32_t lent[config::max_regions][2];  // Eight bytes each.

// Why a program did not get as far as running.
void report_error(char const* program, Error error) {
    report("error", program, std::uint32_t(error.fault), error.where, error.found);
}

// Lends the context, and as many small regions as the setup asks for; context.a is the address of
// the last of them.
Result<void> lend(machine::Instance& instance, Setup const& setup) {
    constexpr std::uint32_t there_anyway = 3;
    for (std::uint32_t i = there_anyway; i < setup.regions; ++i) {
        context.a = std::uint32_t(address_of(&lent[i]));
        Result<void> const done =
            instance.lend({context.a, sizeof lent[i], machine::Permission::ReadWrite});
        if (!done.has_value()) {
            return done;
        }
    }
    return instance.set_context(
        {address_of(&context), sizeof context, machine::Permission::ReadWrite});
}

void measure(char const* name, runner::Request const& request, Setup const& setup) {
    bench_reset(&context, name);
    port::mark_start();
    Result<program::Program> const opened = program::open(request.program, request.format);
    port::mark_end();
    if (!opened.has_value()) {
        return report_error(name, opened.error());
    }
    report("open", name, std::uint32_t(request.program.size()), 0, 0);
    port::mark_start();
    Result<verifier::VerifiedProgram> const verified =
        verifier::verify(*opened, setup.helpers, request.policy);
    port::mark_end();
    if (!verified.has_value()) {
        return report_error(name, verified.error());
    }
    report("verify", name, opened->text.slots(), 0, 0);

    machine::Instance instance;
    port::mark_start();
    Result<void> const ready = instance.prepare(*opened, verified->plan(), memory, setup.helpers);
    port::mark_end();
    if (!ready.has_value()) {
        return report_error(name, ready.error());
    }
    report("prepare", name, machine::memory_bytes(*opened, verified->plan()),
           sizeof instance + sizeof *verified, sizeof(jit::Code));

    if (request.bytecode == runner::Bytecode::Accelerated) {
        WritableBytes const text{pointer_to(address_of(opened->text.bytes().data())),
                                 opened->text.bytes().size()};
        port::mark_start();
        interpreter::accelerate(*verified, text);
        port::mark_end();
        report("accelerate", name, 0, 0, 0);
    }

    Result<void> const is_lent = lend(instance, setup);
    if (!is_lent.has_value()) {
        return report_error(name, is_lent.error());
    }
    jit::Code code{};
    bool const is_compiled = request.engine == runner::Engine::Jit;
    if (is_compiled) {
        port::mark_start();
        Result<jit::Code> const compiled = jit::compile(*verified, instance, code_memory, scratch);
        port::mark_end();
        if (!compiled.has_value()) {
            return report_error(name, compiled.error());
        }
        code = *compiled;
        report("compile", name, opened->text.slots(), std::uint32_t(code.memory.size()), 0);
    }
    Pc const entry = opened->entries.at(0).pc;
    StackProbe const probe;
    port::mark_start();
    machine::Outcome const outcome =
        is_compiled ? jit::run(code, *verified, instance, 0, request.budget)
                    : interpreter::run(*verified, instance, entry, request.budget);
    port::mark_end();
    report_run(name, std::uint32_t(outcome.result), context, probe);
    report("outcome", name, std::uint32_t(outcome.report.trap), outcome.report.pc.slot,
           outcome.instructions);
}

// False at the end of the file, or if it is no batch.
bool measure_next(semihosting::File& file, Setup const& setup) {
    std::byte header[runner::message_header_bytes];
    if (!file.read(header)) {
        return false;
    }
    Result<std::uint32_t> const bytes = runner::decode_message_header(header);
    if (!bytes.has_value() || *bytes > firmware::free_memory().size()) {
        return false;
    }
    WritableBytes const message = firmware::free_memory().first(*bytes);
    if (!file.read(message)) {
        return false;
    }
    Result<runner::Request> const request = runner::decode_request(message);
    if (!request.has_value() || request->entry.size() >= max_name_bytes) {
        return false;
    }
    char name[max_name_bytes]{};
    __builtin_memcpy(name, request->entry.data(), request->entry.size());
    measure(name, *request, setup);
    return true;
}

bool measure_all(char const* path, Setup const& setup) {
    semihosting::File file{path, semihosting::File::Mode::Read};
    std::byte header[runner::batch_header_bytes];
    if (!file.is_open() || !file.read(header)) {
        return false;
    }
    Result<std::uint32_t> const count = runner::decode_batch_header(header);
    bool good = count.has_value();
    for (std::uint32_t i = 0; good && i < *count; ++i) {
        good = measure_next(file, setup);
    }
    return good;
}

// What a device keeps in RAM for a container, and for all of them: no stretch, but its own line.
void report_objects() {
    port::mark_start();
    port::mark_end();
    report("object", "container", sizeof(container::Container), sizeof(container::Runtime),
           config::max_containers);
}

// Ends `text` at the first space and returns what follows, or its end.
char* next_word(char* text) {
    while (*text != '\0' && *text != ' ') {
        ++text;
    }
    if (*text == '\0') {
        return text;
    }
    *text = '\0';
    return text + 1;
}

std::uint32_t number(char const* text) {
    std::uint32_t value = 0;
    while (*text >= '0' && *text <= '9') {
        value = value * 10 + std::uint32_t(*text++ - '0');
    }
    return value;
}

}  // namespace

}  // namespace mbpf::bench

// Command line: "bench REQUESTS [HELPERS [REGIONS]]", how many there are.
int main() {
    using namespace mbpf;
    static char line[1024];
    bool good = semihosting::command_line(line);
    if (good) {
        char* const path = bench::next_word(line);
        char* const helpers = bench::next_word(path);
        char* const regions = bench::next_word(helpers);
        bench::report_objects();
        good = bench::measure_all(
            path, {bench::helper_table(bench::number(helpers)), bench::number(regions)});
    }
    if (!good) {
        semihosting::print("no batch of requests\n");
        return int(runner::FirmwareExit::BadFile);
    }
    return int(runner::FirmwareExit::Done);
}
