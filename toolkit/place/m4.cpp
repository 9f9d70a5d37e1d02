// SPDX-License-Identifier: MIT
// The firmware under QEMU: requests go in by a file, replies come out by a file (runner/wire.hpp).
#include <fmt/format.h>
#include <algorithm>
#include <filesystem>

#include "runner/wire.hpp"
#include "toolkit/place/emulator.hpp"
#include "toolkit/place/place.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/system/file.hpp"
#include "toolkit/system/process.hpp"
#include "toolkit/system/temporary_folder.hpp"

namespace mbpf::toolkit::place {

namespace {

namespace fs = std::filesystem;

constexpr char const* board = "mps2-an386";
// Appends what `encode` writes into `bytes` bytes.
template <class Encode>
void append(std::vector<std::byte>& file, std::size_t bytes, Encode encode) {
    std::size_t const start = file.size();
    file.resize(start + bytes);
    std::size_t const written = encode(WritableBytes{file}.subspan(start));
    file.resize(start + written);
}

std::vector<std::byte> encode_requests(std::span<runner::Request const> requests) {
    std::vector<std::byte> file;
    append(file, runner::batch_header_bytes, [&](WritableBytes to) {
        return runner::encode_batch_header(std::uint32_t(requests.size()), to);
    });
    for (runner::Request const& request : requests) {
        std::size_t const bytes = runner::request_bytes(request);
        append(file, runner::message_header_bytes,
               [&](WritableBytes to) { return runner::encode_message_header(bytes, to); });
        append(file, bytes, [&](WritableBytes to) { return runner::encode_request(request, to); });
    }
    return file;
}

Failure garbled(std::string const& console) {
    return unavailable("ReplyMalformed", "the firmware answered nonsense",
                       "build toolkit and firmware from the same source: ./dev build", console);
}

std::vector<Run> decode_replies(Bytes file, std::size_t count, std::string const& console) {
    if (file.size() < runner::batch_header_bytes) {
        throw garbled(console);
    }
    Result<std::uint32_t> const told =
        runner::decode_batch_header(file.first(runner::batch_header_bytes));
    if (!told.has_value() || *told != count) {
        throw garbled(console);
    }
    std::vector<Run> runs;
    std::size_t at = runner::batch_header_bytes;
    while (runs.size() < count) {
        if (!fits(at, runner::message_header_bytes, file.size())) {
            throw garbled(console);
        }
        Result<std::uint32_t> const bytes =
            runner::decode_message_header(file.subspan(at, runner::message_header_bytes));
        at += runner::message_header_bytes;
        if (!bytes.has_value() || !fits(at, *bytes, file.size())) {
            throw garbled(console);
        }
        Run run;
        run.storage.assign(file.begin() + std::ptrdiff_t(at),
                           file.begin() + std::ptrdiff_t(at + *bytes));
        Result<runner::Reply> const reply = runner::decode_reply(run.storage);
        if (!reply.has_value()) {
            throw garbled(console);
        }
        run.reply = *reply;
        runs.push_back(std::move(run));
        at += *bytes;
    }
    return runs;
}

Failure emulator_failed(system::ProcessResult const& result, std::chrono::seconds limit) {
    std::string const console = result.output + result.errors;
    if (result.end == system::ProcessResult::End::TimedOut) {
        return unavailable(
            "TimeLimit",
            fmt::format("the emulated core was not done after {} s and was stopped", limit.count()),
            "lower the budget (--budget), or allow more time (--time-limit)", console);
    }
    bool const is_core_fault = result.end == system::ProcessResult::End::Exited &&
                               result.code == int(runner::FirmwareExit::CoreFault);
    return unavailable(is_core_fault ? "FirmwareFault" : "EmulatorFailed",
                       is_core_fault
                           ? "the firmware itself faulted: this is a bug, not yours"
                           : fmt::format("{} failed: {}", emulator, system::end_text(result)),
                       is_core_fault ? "please report it with the program" : "", console);
}

}  // namespace

Runs run_on_m4(std::span<runner::Request const> requests, EmulatorOptions const& options) {
    system::TemporaryFolder const folder;
    fs::path const request_file = folder.path() / "requests";
    fs::path const reply_file = folder.path() / "replies";
    system::write_file(request_file, encode_requests(requests));
    std::vector<std::string> command = emulator_command(
        board, fmt::format("{}.elf", board), {"mbpf", quoted(request_file), quoted(reply_file)});
    command.insert(command.end(), options.qemu_arguments.begin(), options.qemu_arguments.end());
    system::ProcessResult const result = system::run_process(command, options.time_limit);
    if (!result.succeeded()) {
        throw emulator_failed(result, options.time_limit);
    }
    Runs runs;
    runs.console = result.output + result.errors;
    runs.runs = decode_replies(system::read_file(reply_file), requests.size(), runs.console);
    return runs;
}

}  // namespace mbpf::toolkit::place
