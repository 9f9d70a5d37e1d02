// SPDX-License-Identifier: MIT
#include "tests/support/opcode_registry.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/source_file.hpp"

namespace mbpf::test {

namespace {

std::optional<std::int32_t> field(std::string const& text) {
    return text == "any" ? std::nullopt
                         : std::optional<std::int32_t>{std::int32_t(std::stoul(text, nullptr, 0))};
}

RegistryRow parse(std::string const& line) {
    std::istringstream stream{line};
    std::string opcode;
    std::string src;
    std::string offset;
    std::string imm;
    std::getline(stream, opcode, ',');
    std::getline(stream, src, ',');
    std::getline(stream, offset, ',');
    std::getline(stream, imm, ',');
    // What is between may hold commas, too.
    std::string const group = line.substr(line.rfind(',') + 1);
    return {std::uint8_t(std::stoul(opcode, nullptr, 0)), field(src), field(offset), field(imm),
            group};
}

std::vector<RegistryRow> read() {
    std::istringstream file{read_source_file("tests/vectors/opcodes.csv")};
    std::vector<RegistryRow> rows;
    std::string line;
    std::getline(file, line);  // column names
    while (std::getline(file, line)) {
        while (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        if (!line.empty()) {
            rows.push_back(parse(line));
        }
    }
    if (rows.empty()) {
        throw std::runtime_error{"the opcode registry is empty"};
    }
    return rows;
}

}  // namespace

std::vector<RegistryRow> const& opcode_registry() {
    static std::vector<RegistryRow> const rows = read();
    return rows;
}

}  // namespace mbpf::test
