// SPDX-License-Identifier: MIT
// Any bytes as a file with the extended header: as it came, and with its calls resolved. Resolving
// must change nothing if it fails, nothing the second time, and leave a file that opens.
#include "mbpf/program/program.hpp"
#include "tests/fuzz/opened.hpp"

namespace mbpf::fuzz {
namespace {

void resolve(Bytes original) {
    Input input{original};
    Result<void> const resolved = program::resolve_calls(input.writable());
    if (!resolved.has_value()) {
        require(std::ranges::equal(input.bytes(), original));
        return;
    }
    Input again{input.bytes()};
    require(program::resolve_calls(again.writable()).has_value());
    require(std::ranges::equal(input.bytes(), again.bytes()));
    Result<program::Program> const opened = program::open_extended(input.bytes());
    // A call that is listed twice, with two targets, cannot be both.
    require(opened.has_value() || opened.error().fault == Fault::CallNotResolved);
    static_cast<void>(examine(opened));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    Input const input{data, size};
    static_cast<void>(examine(program::open_extended(input.bytes())));
    resolve(input.bytes());
    return 0;
}

}  // namespace mbpf::fuzz
