// SPDX-License-Identifier: MIT
#include "mbpf/jit/compiler.hpp"
#include "mbpf/jit/gate.hpp"
#include "mbpf/jit/jit.hpp"

namespace mbpf::jit {

// One block in six slots and some.
std::size_t scratch_bytes(std::uint32_t slots) {
    return Flow::scratch_bytes(slots, slots / 6 + 64);
}

namespace {

// With near branches, or without: then none can miss.
[[nodiscard]] Result<Code> emit(Flow& flow, verifier::VerifiedProgram const& program,
                                machine::Instance& instance, WritableBytes code,
                                Target const& target) {
    bool has_near = true;
    while (true) {
        Compiler compiler{flow, instance, code, target, has_near};
        compiler.compile();
        std::uint32_t const entries = compiler.emit_entries(program.program().entries);
        if (compiler.missed()) {
            has_near = false;
            continue;
        }
        std::uint32_t const code_bytes = compiler.size();
        std::size_t const total = code_bytes + compiler.sites_size();
        constexpr std::uint32_t longest = 0x2'0000;  // Offsets are halfwords, in 16 bits.
        if (total > longest) {
            return Error{Fault::CodeTooLong, 0, std::uint32_t(total), longest};
        }
        if (total > code.size()) {
            return Error{Fault::MemoryTooSmall, 0, std::uint32_t(code.size()),
                         std::uint32_t(total)};
        }
        std::byte* const sites = code.data() + code_bytes;
        __builtin_memmove(sites, code.data() + code.size() - compiler.sites_size(),
                          compiler.sites_size());
        publish_code();
        ContextNeeds needs = compiler.context_needs();
        if (!machine::is_central(instance.own()) || !machine::is_central(instance.rodata())) {
            needs.bytes = ~0u;  // No context will do: it is interpreted.
        }
        return Code{code.first(total),
                    compiler.entry(),
                    std::uint16_t(entries / 2),
                    std::uint16_t(compiler.leave() / 2),
                    flow.only_exit(),
                    Bytes{sites, compiler.sites_size()},
                    compiler.homes(),
                    needs,
                    compiler.window_bytes(),
                    program.text().bytes().data(),
                    &instance};
    }
}

}  // namespace

Result<Code> compile(verifier::VerifiedProgram const& program, machine::Instance& instance,
                     WritableBytes code, WritableBytes workspace, Target const& target) {
    std::uint32_t const slots = program.text().slots();
    if (workspace.size() < Flow::scratch_bytes(slots, 0)) {
        return Error{Fault::MemoryTooSmall, 0, std::uint32_t(workspace.size()),
                     std::uint32_t(scratch_bytes(slots))};
    }
    Flow flow{program, instance.helpers(), workspace};
    if (Result<void> const done = flow.analyze(); !done.has_value()) {
        return done.error();
    }
    target.note_visits(flow.visits());
    return emit(flow, program, instance, code, target);
}

}  // namespace mbpf::jit
