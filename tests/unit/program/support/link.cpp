// SPDX-License-Identifier: MIT
#include "tests/unit/program/support/link.hpp"

#include <gtest/gtest.h>

namespace mbpf::test {

Linked link(Bytes object, program::LinkOptions const& options) {
    Linked linked{Buffer{object.size() + 4096}, {}};
    Result<std::size_t> const bytes = program::link_elf(object, linked.image.writable(), options);
    if (!bytes.has_value()) {
        ADD_FAILURE() << "does not link: fault " << unsigned(bytes.error().fault) << " at "
                      << bytes.error().where << ", found " << bytes.error().found;
        return linked;
    }
    linked.image = Buffer{linked.image.first(*bytes)};
    Result<program::Program> const opened = program::open_image(linked.image.bytes());
    if (!opened.has_value()) {
        ADD_FAILURE() << "does not open: fault " << unsigned(opened.error().fault);
        return linked;
    }
    linked.program = *opened;
    return linked;
}

Error link_error(Bytes object, program::LinkOptions const& options) {
    Buffer output{object.size() + 4096};
    Result<std::size_t> const bytes = program::link_elf(object, output.writable(), options);
    return bytes.has_value() ? Error{} : bytes.error();
}

std::vector<std::string> names_of(program::Entries const& entries) {
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        names.emplace_back(entries.at(i).name);
    }
    return names;
}

std::vector<std::uint32_t> slots_of(program::Entries const& entries) {
    std::vector<std::uint32_t> slots;
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        slots.push_back(entries.at(i).pc.slot);
    }
    return slots;
}

std::vector<std::uint32_t> helpers_of(program::Program const& program) {
    std::vector<std::uint32_t> ids;
    for (std::uint32_t i = 0; i < program.rights.helper_count(); ++i) {
        ids.push_back(program.rights.helper(i).number);
    }
    return ids;
}

}  // namespace mbpf::test
