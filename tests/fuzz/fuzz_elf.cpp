// SPDX-License-Identifier: MIT
// Any bytes as an ELF object. Whatever the linker accepts must become an image that the decoder
// accepts, in exactly the memory that the linker asks for, and each slot of it has an origin.
#include "mbpf/program/program.hpp"
#include "tests/fuzz/opened.hpp"

namespace mbpf::fuzz {
namespace {
using program::LinkOptions;
using program::Listed;

void check_origins(Bytes object, LinkOptions const& options, std::uint32_t slots) {
    constexpr std::uint32_t few = 16;
    for (std::uint32_t slot = 0; slot < std::min(slots, few); ++slot) {
        require(program::text_origin(object, options, Pc{slot}).has_value());
    }
    require(!program::text_origin(object, options, Pc{slots}).has_value());
    require(!program::text_origin(object, options, Pc{0xffff'ffff}).has_value());
}

void link(Bytes object, LinkOptions const& options) {
    constexpr std::size_t max_bytes = 1 << 20;
    Result<std::size_t> const measured = program::link_elf(object, {}, options);
    require(!measured.has_value());
    if (measured.error().fault != Fault::OutputTooSmall) {
        return;
    }
    std::size_t const needed = measured.error().allowed;
    require(needed > 0);
    if (needed > max_bytes) {
        return;
    }
    Input less{std::vector<std::byte>(needed - 1)};
    require(!program::link_elf(object, less.writable(), options).has_value());
    Input image{std::vector<std::byte>(needed, std::byte{0xa5})};
    Result<std::size_t> const linked = program::link_elf(object, image.writable(), options);
    // What is wrong inside a section shows only when it is written.
    if (!linked.has_value()) {
        require(linked.error().fault != Fault::OutputTooSmall);
        return;
    }
    require(*linked == needed);
    Result<program::Program> const opened = program::open_image(image.bytes());
    require(opened.has_value());
    check_origins(object, options, opened->text.slots());
    static_cast<void>(examine(opened));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    Input const input{data, size};
    for (std::string_view const entry : {"", "f", ".text"}) {
        link(input.bytes(), {.entry = entry, .listed = Listed::Roots});
    }
    link(input.bytes(), {.entry = {}, .listed = Listed::Exported});
    return 0;
}

}  // namespace mbpf::fuzz
