// SPDX-License-Identifier: MIT
// Any bytes as the image of a container of Femto-Containers: set up, verified, and run twice, with
// functions that use what they are passed as far as they may. Each run has a context and a region
// of its own; what the first one had is gone when the second starts.
#include <cstring>

#include "include/f12r.h"
#include "tests/fuzz/opened.hpp"

namespace {

using mbpf::fuzz::require;

// Writes through its first argument and reads through its second, if the program may.
std::uint32_t use(f12r_t* container, std::uint64_t* regs) {
    auto* const to = reinterpret_cast<std::uint8_t*>(regs[1]);
    auto* const from = reinterpret_cast<std::uint8_t*>(regs[2]);
    std::size_t const bytes = std::size_t(regs[3]);
    if (f12r_store_allowed(container, to, bytes) == 0) {
        std::memset(to, 0x5a, bytes);
    }
    std::uint32_t sum = 0;
    if (f12r_load_allowed(container, from, bytes) == 0) {
        for (std::size_t i = 0; i < bytes; ++i) {
            sum += from[i];
        }
    }
    for (int i = 0; i < 11; ++i) {
        regs[i] = ~regs[i];
    }
    return sum;
}

// Memory of exactly that size, so that AddressSanitizer sees the first byte outside.
template <std::size_t bytes>
struct Block {
    alignas(8) std::uint8_t memory[bytes]{};
};

}  // namespace

extern "C" f12r_call_t f12r_get_external_call(std::uint32_t number) {
    return number % 2 == 0 ? &use : nullptr;
}

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // The last byte says how much stack there is.
    std::size_t const stack_size = size == 0 ? 0 : data[size - 1] * std::size_t{4};
    std::unique_ptr<std::uint8_t[]> const image{new std::uint8_t[size]};
    std::unique_ptr<std::uint8_t[]> const stack{new std::uint8_t[stack_size]};
    if (size != 0) {
        std::memcpy(image.get(), data, size);
    }
    f12r_t container{};
    container.application = image.get();
    container.application_len = size == 0 ? 0 : size - 1;
    container.stack = stack.get();
    container.stack_size = stack_size;
    f12r_setup(&container);
    int const status = f12r_verify_preflight(&container);
    require(status <= FC_OK && status >= FC_STRUCTURE_LENGTH_MISMATCH);
    f12r_mem_region_t region;
    for (int i = 0; i < 2; ++i) {
        auto const context = std::make_unique<Block<24>>();
        auto const lent = std::make_unique<Block<16>>();
        f12r_add_region(&container, &region, lent->memory, sizeof lent->memory, FC_MEM_REGION_READ);
        auto const address = std::uint64_t(reinterpret_cast<std::uintptr_t>(lent->memory));
        std::memcpy(context->memory, &address, sizeof address);
        std::int64_t result = 0;
        int const ended =
            f12r_execute_ctx(&container, context->memory, sizeof context->memory, &result);
        require(status == FC_OK || ended == status);
        // A text that was verified holds no illegal instruction.
        require(ended <= FC_OK && ended >= FC_STRUCTURE_LENGTH_MISMATCH);
        require(ended != FC_ILLEGAL_INSTRUCTION || status == ended);
        require(container.branches_remaining <= FEMTO_CONTAINER_BRANCHES_ALLOWED);
        for (std::uint8_t const byte : lent->memory) {
            require(byte == 0);  // It was lent for reading.
        }
    }
    std::size_t const text = f12r_text_len(&container);
    require((f12r_text(&container) == nullptr) == (status != FC_OK));
    require(text % 8 == 0 && (status != FC_OK || text != 0));
    return 0;
}
