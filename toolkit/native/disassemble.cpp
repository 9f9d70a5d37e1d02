// SPDX-License-Identifier: MIT
// Thumb-2 as text, by Capstone.
#include <capstone/capstone.h>
#include <fmt/format.h>

#include "toolkit/native/native.hpp"
#include "toolkit/place/emulator.hpp"
#include "toolkit/problem.hpp"

namespace mbpf::toolkit::native {

namespace {

class Disassembler {
public:
    Disassembler() {
        cs_mode const mode = cs_mode(unsigned(CS_MODE_THUMB) | unsigned(CS_MODE_MCLASS));
        if (cs_open(CS_ARCH_ARM, mode, &handle_) != CS_ERR_OK) {
            throw place::unavailable("NoDisassembler", "Capstone does not know Thumb-2",
                                     "install Debian's libcapstone-dev", {});
        }
        cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
        instruction_ = cs_malloc(handle_);
    }
    Disassembler(Disassembler const&) = delete;
    Disassembler& operator=(Disassembler const&) = delete;
    ~Disassembler() {
        cs_free(instruction_, 1);
        cs_close(&handle_);
    }

    // The one at `at`, before `end`: text, target and size of it.
    [[nodiscard]] Line next(Bytes code, std::uint32_t at, std::uint32_t end) {
        void const* const start = code.data() + at;
        auto const* bytes = static_cast<std::uint8_t const*>(start);
        std::size_t left = end - at;
        std::uint64_t address = at;
        Line line{.at = at, .size = 2, .pc = {}, .text = {}};
        if (!cs_disasm_iter(handle_, &bytes, &left, &address, instruction_)) {
            line.text = fmt::format(".short {:#06x}", load<std::uint16_t>(code, at));
            return line;
        }
        line.size = instruction_->size;
        line.text = fmt::format("{:7} {}", instruction_->mnemonic, instruction_->op_str);
        cs_arm const& arm = instruction_->detail->arm;
        bool const jumps = cs_insn_group(handle_, instruction_, ARM_GRP_JUMP) ||
                           cs_insn_group(handle_, instruction_, ARM_GRP_CALL);
        line.calls_out = instruction_->id == ARM_INS_BLX;
        if (jumps && arm.op_count != 0 && arm.operands[arm.op_count - 1].type == ARM_OP_IMM) {
            line.target = std::uint32_t(arm.operands[arm.op_count - 1].imm);
        }
        return line;
    }

private:
    csh handle_{};
    cs_insn* instruction_ = nullptr;
};

Line data_line(Bytes code, std::uint32_t at, std::uint32_t end) {
    bool const is_word = end - at == 4;  // The way to the services; entries are halfwords.
    return {.at = at,
            .size = is_word ? 4u : 2u,
            .pc = {},
            .text = is_word ? fmt::format(".word   {:#010x}", load<std::uint32_t>(code, at))
                            : fmt::format(".short  {:#06x}", load<std::uint16_t>(code, at))};
}

}  // namespace

std::vector<Line> disassemble(Code const& code) {
    Disassembler disassembler;
    std::vector<Line> lines;
    std::uint32_t const code_end = std::uint32_t(code.bytes.size()) - code.sites_bytes;
    for (std::size_t i = 0; i < code.notes.size(); ++i) {
        jit::Note const& note = code.notes[i];
        std::uint32_t const end = i + 1 < code.notes.size() ? code.notes[i + 1].at : code_end;
        for (std::uint32_t at = note.at; at < end; at += lines.back().size) {
            Line line = note.part == jit::Part::Table ? data_line(code.bytes, at, end)
                                                      : disassembler.next(code.bytes, at, code_end);
            line.pc = note.pc;
            line.part = note.part;
            lines.push_back(std::move(line));
        }
    }
    return lines;
}

}  // namespace mbpf::toolkit::native
