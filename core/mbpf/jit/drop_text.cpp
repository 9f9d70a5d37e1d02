// SPDX-License-Identifier: MIT
#include "mbpf/jit/gate.hpp"
#include "mbpf/jit/jit.hpp"

namespace mbpf::jit {

namespace {

// Where the next instruction goes, if there is room for it.
struct Copy {
    std::byte const* text;
    std::byte* to;
    std::byte const* end;
};

void keep(void* context, std::uint32_t slot) {
    Copy& copy = *static_cast<Copy*>(context);
    if (copy.end - copy.to >= std::ptrdiff_t(slot_bytes)) {
        __builtin_memcpy(copy.to, copy.text + std::size_t(slot) * slot_bytes, slot_bytes);
        copy.to += slot_bytes;
    }
}

}  // namespace

Result<Code> drop_text(Code const& code, verifier::VerifiedProgram const& program,
                       WritableBytes memory) {
    std::size_t const start = align_up(code.memory.size(), 4);
    std::size_t const room = memory.size() < start ? 0 : memory.size() - start;
    std::byte* const kept = memory.data() + (memory.size() < start ? 0 : start);
    Copy copy{program.text().bytes().data(), kept, kept + room};
    std::uint32_t const count = each_instruction(code.sites, keep, &copy);
    std::size_t const total = start + std::size_t(count) * slot_bytes;
    if (total > memory.size()) {
        return Error{Fault::MemoryTooSmall, 0, std::uint32_t(memory.size()), std::uint32_t(total)};
    }
    publish_code();
    Code dropped = code;
    dropped.memory = memory.first(total);
    dropped.text = kept;
    dropped.is_text_dropped = true;
    return dropped;
}

}  // namespace mbpf::jit
