// SPDX-License-Identifier: MIT
// Any bytes: what detect() says, what each loader makes of them, and that the two agree.
#include "mbpf/program/program.hpp"
#include "tests/fuzz/opened.hpp"

namespace mbpf::fuzz {
namespace {
using program::Format;

constexpr std::array formats{Format::Text, Format::Femto, Format::Extended, Format::Elf,
                             Format::Image};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    Input const input{data, size};
    Result<Format> const detected = program::detect(input.bytes());
    require(detected.has_value() || detected.error().fault != Fault::None);
    for (Format const format : formats) {
        Result<program::Program> const opened = program::open(input.bytes(), format);
        require(format != Format::Elf || !opened.has_value());
        require(!opened.has_value() || opened->format == format);
        static_cast<void>(examine(opened));
    }
    return 0;
}

}  // namespace mbpf::fuzz
