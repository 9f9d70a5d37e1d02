// SPDX-License-Identifier: MIT
// The programs as images that an engine runs: a batch of requests (runner/wire.hpp), whose entry is
// the name of the program. Verification, rewriting and the run are measured apart.
#include "bench/firmware/measure.hpp"
#include "firmware/memory.hpp"
#include "runner/wire.hpp"

namespace mbpf::bench {

namespace {

using machine::helper;
using machine::readable_sized_by;
using machine::scalar;
using machine::writable;
using machine::writable_sized_by;

constexpr unsigned fmt_bytes = 8;  // Enough for every number that the programs format.
constexpr unsigned context_bytes = 16;

constexpr auto helpers = machine::HelperList{{
    helper<bench_printf>({1}, machine::text, scalar, scalar, scalar, scalar),
    helper<bench_strlen>({2}, machine::text),
    helper<bench_fetch>({3}, scalar, writable(4)),
    helper<bench_store>({4}, scalar, scalar),
    helper<bench_memcpy>({5}, writable_sized_by(3), readable_sized_by(3), scalar),
    helper<bench_fmt_s16>({6}, writable(fmt_bytes), scalar, scalar),
    helper<bench_fmt_u32>({7}, writable(fmt_bytes), scalar),
    helper<bench_saul_find>({8}, scalar),
    helper<bench_saul_read>({9}, scalar, writable(4)),
    helper<bench_coap_init>({10}, writable(context_bytes), scalar),
    helper<bench_coap_format>({11}, writable(context_bytes), scalar),
    helper<bench_coap_finish>({12}, writable(context_bytes), scalar),
    helper<bench_nop>({13}, scalar, scalar),
}};

constexpr std::size_t max_name_bytes = 32;
constexpr std::size_t max_memory_bytes = 8192;

bench_context context;
alignas(8) std::byte memory[max_memory_bytes];
alignas(8) std::byte code_memory[max_memory_bytes];
alignas(8) std::byte scratch[max_memory_bytes];

// Why a program did not get as far as running.
void report_error(char const* program, Error error) {
    report("error", program, std::uint32_t(error.fault), error.where, error.found);
}

void measure(char const* name, runner::Request const& request) {
    bench_reset(&context, name);
    Result<program::Program> const opened = program::open(request.program, request.format);
    if (!opened.has_value()) {
        return report_error(name, opened.error());
    }
    port::mark_start();
    Result<verifier::VerifiedProgram> const verified =
        verifier::verify(*opened, helpers.table(), request.policy);
    port::mark_end();
    if (!verified.has_value()) {
        return report_error(name, verified.error());
    }
    report("verify", name, opened->text.slots(), 0, 0);

    machine::Instance instance;
    port::mark_start();
    Result<void> const ready = instance.prepare(*opened, verified->plan(), memory, helpers.table());
    port::mark_end();
    if (!ready.has_value()) {
        return report_error(name, ready.error());
    }
    report("prepare", name, machine::memory_bytes(*opened, verified->plan()), 0, 0);

    if (request.bytecode == runner::Bytecode::Accelerated) {
        WritableBytes const text{pointer_to(address_of(opened->text.bytes().data())),
                                 opened->text.bytes().size()};
        port::mark_start();
        interpreter::accelerate(*verified, text);
        port::mark_end();
        report("accelerate", name, 0, 0, 0);
    }

    Result<void> const lent = instance.set_context(
        {address_of(&context), sizeof context, machine::Permission::ReadWrite});
    if (!lent.has_value()) {
        return report_error(name, lent.error());
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
bool measure_next(semihosting::File& file) {
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
    measure(name, *request);
    return true;
}

bool measure_all(char const* path) {
    semihosting::File file{path, semihosting::File::Mode::Read};
    std::byte header[runner::batch_header_bytes];
    if (!file.is_open() || !file.read(header)) {
        return false;
    }
    Result<std::uint32_t> const count = runner::decode_batch_header(header);
    bool good = count.has_value();
    for (std::uint32_t i = 0; good && i < *count; ++i) {
        good = measure_next(file);
    }
    return good;
}

}  // namespace

}  // namespace mbpf::bench

// Command line: "bench REQUESTS".
int main() {
    static char line[1024];
    constexpr std::size_t prefix = sizeof "bench " - 1;
    if (!mbpf::semihosting::command_line(line) || !mbpf::bench::measure_all(line + prefix)) {
        mbpf::semihosting::print("no batch of requests\n");
        return int(mbpf::runner::FirmwareExit::BadFile);
    }
    return int(mbpf::runner::FirmwareExit::Done);
}
