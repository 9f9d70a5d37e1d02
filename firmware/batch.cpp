// SPDX-License-Identifier: MIT
#include "firmware/batch.hpp"

#include "firmware/clock.hpp"
#include "firmware/semihosting.hpp"

namespace mbpf::firmware {

namespace {

using runner::FirmwareExit;
using semihosting::File;

// Shares of the memory, in sixteenths. A message holds context, output and maps (which are part of
// `memory`), so a reply fits into the memory of its request.
class Shares {
public:
    explicit Shares(WritableBytes memory)
        : unit_{memory.size() / 16 & ~std::size_t{7}}, memory_{memory} {}

    [[nodiscard]] WritableBytes message() const { return memory_.first(6 * unit_); }
    [[nodiscard]] runner::Workspace workspace() const {
        return {.image = memory_.subspan(6 * unit_, 3 * unit_),
                .memory = memory_.subspan(9 * unit_, 2 * unit_),
                .context = memory_.subspan(11 * unit_, 2 * unit_),
                .output = memory_.subspan(13 * unit_, unit_),
                .code = memory_.subspan(14 * unit_, 2 * unit_),
                .now_us = now_us};
    }

private:
    std::size_t unit_;
    WritableBytes memory_;
};

class Batch {
public:
    Batch(char const* requests, char const* replies, WritableBytes memory)
        : in_{requests, File::Mode::Read}, out_{replies, File::Mode::Write}, shares_{memory} {}

    [[nodiscard]] bool run();

private:
    [[nodiscard]] bool answer_next();
    [[nodiscard]] runner::Reply reply_to(std::size_t request_bytes);
    [[nodiscard]] bool write(runner::Reply const& reply);

    File in_;
    File out_;
    Shares shares_;
};

bool Batch::run() {
    std::byte header[runner::batch_header_bytes];
    if (!in_.is_open() || !out_.is_open() || !in_.read(header)) {
        return false;
    }
    Result<std::uint32_t> const count = runner::decode_batch_header(header);
    if (!count.has_value() || runner::encode_batch_header(*count, header) == 0 ||
        !out_.write(header)) {
        return false;
    }
    for (std::uint32_t i = 0; i < *count; ++i) {
        if (!answer_next()) {
            return false;
        }
    }
    return true;
}

bool Batch::answer_next() {
    std::byte header[runner::message_header_bytes];
    if (!in_.read(header)) {
        return false;
    }
    Result<std::uint32_t> const bytes = runner::decode_message_header(header);
    if (!bytes.has_value()) {
        return false;
    }
    std::size_t const room = shares_.message().size();
    if (*bytes > room) {
        Error const error{Fault::MemoryTooSmall, 0, std::uint32_t(room), *bytes};
        return in_.skip(*bytes) && write({.status = runner::Status::Unusable, .error = error});
    }
    return in_.read(shares_.message().first(*bytes)) && write(reply_to(*bytes));
}

runner::Reply Batch::reply_to(std::size_t request_bytes) {
    Result<runner::Request> const request =
        runner::decode_request(shares_.message().first(request_bytes));
    if (!request.has_value()) {
        return {.status = runner::Status::Unusable, .error = request.error()};
    }
    return runner::execute(*request, shares_.workspace());
}

// The request is no longer needed: nothing of the reply lies in it.
bool Batch::write(runner::Reply const& reply) {
    std::byte header[runner::message_header_bytes];
    std::size_t const bytes = runner::encode_reply(reply, shares_.message());
    return bytes != 0 && runner::encode_message_header(bytes, header) != 0 && out_.write(header) &&
           out_.write(shares_.message().first(bytes));
}

}  // namespace

FirmwareExit run_batch(char const* requests, char const* replies, WritableBytes memory) {
    if (!Batch{requests, replies, memory}.run()) {
        semihosting::print("a file cannot be read or written, or is no batch of requests\n");
        return FirmwareExit::BadFile;
    }
    return FirmwareExit::Done;
}

}  // namespace mbpf::firmware
