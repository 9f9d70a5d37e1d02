// SPDX-License-Identifier: MIT
#include <algorithm>
#include <chrono>
#include <memory>

#include "toolkit/place/place.hpp"

namespace mbpf::toolkit::place {

namespace {

std::uint64_t now_us() {
    auto const elapsed = std::chrono::steady_clock::now().time_since_epoch();
    return std::uint64_t(std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count());
}

// The operating system gives pages only when they are touched: generous sizes cost nothing.
constexpr std::size_t memory_bytes = std::size_t{40} << 20;
constexpr std::size_t output_bytes = std::size_t{64} << 10;
constexpr std::size_t image_slack_bytes = std::size_t{64} << 10;

class Buffer {
public:
    explicit Buffer(std::size_t bytes)
        : words_{std::make_unique_for_overwrite<std::uint64_t[]>(bytes / 8 + 1)}, bytes_{bytes} {}

    [[nodiscard]] WritableBytes bytes() const {
        return std::as_writable_bytes(std::span{words_.get(), bytes_ / 8 + 1}).first(bytes_);
    }

private:
    std::unique_ptr<std::uint64_t[]> words_;
    std::size_t bytes_;
};

// Moves what the reply views out of buffers that are about to vanish.
Run keep(runner::Reply const& reply) {
    Run run;
    run.reply = reply;
    run.storage.insert(run.storage.end(), reply.context.begin(), reply.context.end());
    Bytes const output = as_bytes(reply.output);
    run.storage.insert(run.storage.end(), output.begin(), output.end());
    run.storage.insert(run.storage.end(), reply.maps.begin(), reply.maps.end());
    Bytes const all{run.storage};
    run.reply.context = all.first(reply.context.size());
    run.reply.output = as_text(all.subspan(reply.context.size(), output.size()));
    run.reply.maps = all.subspan(reply.context.size() + output.size());
    return run;
}

}  // namespace

Runs run_on_host(std::span<runner::Request const> requests) {
    std::size_t program_bytes = 0;
    std::size_t context_bytes = 0;
    for (runner::Request const& request : requests) {
        program_bytes = std::max(program_bytes, request.program.size());
        context_bytes = std::max(context_bytes, request.context.size());
    }
    Buffer const image{2 * program_bytes + image_slack_bytes};
    Buffer const memory{memory_bytes};
    Buffer const context{context_bytes};
    Buffer const output{output_bytes};
    Runs runs;
    for (runner::Request const& request : requests) {
        runs.runs.push_back(keep(runner::execute(
            request,
            {image.bytes(), memory.bytes(), context.bytes(), output.bytes(), {}, now_us})));
    }
    return runs;
}

machine::HelperTable helper_table(runner::Suite suite) { return runner::helpers_of(suite); }

std::string_view name_of(Where where) {
    switch (where) {
        case Where::Host: return "host";
        case Where::M4: return "m4";
    }
    return "";
}

}  // namespace mbpf::toolkit::place
