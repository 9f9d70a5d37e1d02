// SPDX-License-Identifier: MIT
#include "tests/support/source_file.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace mbpf::test {

std::filesystem::path source_directory() {
    char const* const root = std::getenv("MBPF_SOURCE_DIR");
    return root == nullptr ? std::filesystem::current_path() : std::filesystem::path{root};
}

std::string read_source_file(std::string_view path) {
    std::ifstream file{source_directory() / path, std::ios::binary};
    if (!file) {
        throw std::runtime_error{"cannot read " + std::string{path}};
    }
    std::ostringstream contents;
    contents << file.rdbuf();
    return contents.str();
}

}  // namespace mbpf::test
