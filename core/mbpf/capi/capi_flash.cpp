// SPDX-License-Identifier: MIT
// Flash behind callbacks of C. Storage that is not memory-mapped has a copy in RAM, which is read
// again after each change: what counts is what can be read.
#include "mbpf/capi/device_object.hpp"

namespace mbpf::capi {

namespace {

[[nodiscard]] mbpf_flash_t const& of(void* context) {
    return *static_cast<mbpf_flash_t const*>(context);
}

[[nodiscard]] bool look_again(mbpf_flash_t const& flash, std::uint32_t offset, std::size_t bytes) {
    return flash.read == nullptr ||
           flash.read(flash.context, offset, static_cast<std::byte*>(flash.memory) + offset,
                      bytes) == 0;
}

bool erase(void* context, std::uint32_t offset) {
    mbpf_flash_t const& flash = of(context);
    bool const is_done = flash.erase(flash.context, offset) == 0;
    return look_again(flash, offset, flash.sector_bytes) && is_done;
}

bool write(void* context, std::uint32_t offset, Bytes bytes) {
    mbpf_flash_t const& flash = of(context);
    bool const is_done = flash.program(flash.context, offset, bytes.data(), bytes.size()) == 0;
    return look_again(flash, offset, bytes.size()) && is_done;
}

}  // namespace

port::Flash flash_of(mbpf_flash_t const& flash) {
    return {bytes_of(flash.memory, flash.bytes), flash.sector_bytes,
            const_cast<mbpf_flash_t*>(&flash), &erase, &write};
}

}  // namespace mbpf::capi
