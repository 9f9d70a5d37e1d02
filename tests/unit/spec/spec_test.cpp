// SPDX-License-Identifier: MIT
// The tables of SPEC.md say what the code says. A failure prints the table as it should be.
#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "mbpf/isa/isa.hpp"
#include "tests/support/names.hpp"
#include "tests/support/source_file.hpp"
#include "toolkit/explain/sentences.hpp"

namespace mbpf {
namespace {

// What stands between the comments <!-- name: ... --> and <!-- /name -->.
std::string table_in_spec(std::string_view name) {
    std::string const spec = test::read_source_file("SPEC.md");
    std::size_t const start = spec.find("<!-- " + std::string(name) + ":");
    std::size_t const end = spec.find("<!-- /" + std::string(name) + " -->");
    if (start == std::string::npos || end == std::string::npos) {
        return "SPEC.md has no such table";
    }
    std::size_t const first = spec.find('\n', start) + 1;
    return spec.substr(first, end - first);
}

std::string_view group_name(isa::Group group) {
    switch (group) {
        case isa::Group::Base32: return "base32";
        case isa::Group::Base64: return "base64";
        case isa::Group::Divmul32: return "divmul32";
        case isa::Group::Divmul64: return "divmul64";
        case isa::Group::Atomic32: return "atomic32";
        case isa::Group::Atomic64: return "atomic64";
        case isa::Group::Packet: return "refused";
        case isa::Group::Ours: return "-";
    }
    return "";
}

std::string operation(isa::Row const& row) {
    using isa::Shape;
    bool const is_32 = isa::class_of(row.opcode) == isa::Class::Alu ||
                       isa::class_of(row.opcode) == isa::Class::Jmp32;
    std::string const dst = is_32 ? "w dst" : "dst";
    std::string const src = is_32 ? "w src" : "src";
    std::string const symbol{row.symbol};
    switch (row.shape) {
        case Shape::AluImm:
        case Shape::DivideImm: return dst + " " + symbol + " imm";
        case Shape::AluReg:
        case Shape::DivideReg:
        case Shape::MoveReg: return dst + " " + symbol + " " + src;
        case Shape::Negate: return dst + " = -" + dst;
        case Shape::ByteSwap: return "dst = " + symbol + "(dst), imm bits";
        case Shape::JumpAlways: return "goto +offset";
        case Shape::JumpLong: return "goto +imm";
        case Shape::JumpImm: return "if " + dst + " " + symbol + " imm goto +offset";
        case Shape::JumpReg: return "if " + dst + " " + symbol + " " + src + " goto +offset";
        case Shape::Call: return "call";
        case Shape::Exit: return "return r0";
        case Shape::Load: return "dst = *(" + symbol + "*)(src + offset)";
        case Shape::StoreImm: return "*(" + symbol + "*)(dst + offset) = imm";
        case Shape::StoreReg: return "*(" + symbol + "*)(dst + offset) = src";
        case Shape::AtomicReg: return "*(" + symbol + "*)(dst + offset) op= src, op is imm";
        case Shape::Wide: return "dst = imm64";
        case Shape::WideSection: return "dst = " + symbol + " + imm64";
        case Shape::LegacyPacket: return "packet access";
        case Shape::CallRegister: return "refused";
        case Shape::Invalid: break;
    }
    return "";
}

std::string opcode_table() {
    std::vector<isa::Row> rows(isa::opcodes.begin(), isa::opcodes.end());
    std::ranges::sort(rows, {}, &isa::Row::opcode);
    std::ostringstream text;
    text << "| opcode | | operation | group |\n|---|---|---|---|\n";
    for (isa::Row const& row : rows) {
        std::string cell = operation(row);
        for (std::size_t at = cell.find('|'); at != std::string::npos;
             at = cell.find('|', at + 2)) {
            cell.insert(at, "\\");
        }
        text << "| 0x" << std::hex << (row.opcode < 16 ? "0" : "") << unsigned(row.opcode) << " | "
             << row.mnemonic << " | " << cell << " | " << group_name(row.group) << " |\n";
    }
    return text.str();
}

std::string fault_table() {
    std::ostringstream text;
    text << "| | fault | |\n|---|---|---|\n";
    for (unsigned number = 1; number < 256; ++number) {
        toolkit::explain::Sentence const sentence = toolkit::explain::sentence_of(Fault(number));
        if (!sentence.name.empty()) {
            text << "| " << number << " | " << sentence.name << " | " << sentence.reason << " |\n";
        }
    }
    return text.str();
}

TEST(Spec, ListsTheOpcodesOfTheTable) { EXPECT_EQ(table_in_spec("opcodes"), opcode_table()); }

TEST(Spec, ListsTheFaults) { EXPECT_EQ(table_in_spec("faults"), fault_table()); }

}  // namespace
}  // namespace mbpf
