// SPDX-License-Identifier: MIT
#include "tests/unit/program/support/compile.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

extern char** environ;

namespace mbpf::test {

namespace {

namespace fs = std::filesystem;

// A folder that goes when the object goes.
class Folder {
public:
    Folder() {
        std::string pattern = (fs::temp_directory_path() / "mbpf-test-XXXXXX").string();
        path_ = mkdtemp(pattern.data());
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    [[nodiscard]] std::string operator/(std::string const& name) const {
        return (path_ / name).string();
    }

private:
    fs::path path_;
};

bool run(std::vector<std::string> arguments) {
    std::vector<char*> pointers;
    for (std::string& argument : arguments) {
        pointers.push_back(argument.data());
    }
    pointers.push_back(nullptr);
    pid_t pid = 0;
    if (posix_spawnp(&pid, pointers[0], nullptr, nullptr, pointers.data(), environ) != 0) {
        return false;
    }
    int status = 0;
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::optional<Buffer> read(std::string const& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        return {};
    }
    std::string const text{std::istreambuf_iterator<char>{file}, {}};
    return Buffer{as_bytes(text)};
}

}  // namespace

bool has_tool(std::string const& tool) {
    char const* const path = std::getenv("PATH");
    std::istringstream folders{path == nullptr ? "" : path};
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (access((folder + "/" + tool).c_str(), X_OK) == 0) {
            return true;
        }
    }
    return false;
}

std::vector<std::string> clangs() {
    std::vector<std::string> found;
    for (int version = 14; version <= 22; ++version) {
        std::string const name = "clang-" + std::to_string(version);
        if (has_tool(name)) {
            found.push_back(name);
        }
    }
    char const* const configured = std::getenv("MBPF_CLANG");
    if (found.empty() && configured != nullptr && *configured != 0) {
        found.emplace_back(configured);
    }
    return found;
}

std::optional<Buffer> compile(std::string const& clang, std::string const& source,
                              std::vector<std::string> const& flags) {
    Folder const folder;
    std::ofstream{folder / "program.c"} << source;
    std::vector<std::string> arguments{clang, "-target", "bpf", "-c"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    arguments.insert(arguments.end(), {folder / "program.c", "-o", folder / "program.o"});
    return run(arguments) ? read(folder / "program.o") : std::nullopt;
}

std::optional<Buffer> strip(std::string const& tool, Buffer const& object,
                            std::vector<std::string> const& flags) {
    Folder const folder;
    std::string_view const text = as_text(object.bytes());
    std::ofstream{folder / "program.o", std::ios::binary}.write(text.data(),
                                                                std::streamsize(text.size()));
    std::vector<std::string> arguments{tool};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    arguments.insert(arguments.end(), {folder / "program.o", "-o", folder / "stripped.o"});
    return run(arguments) ? read(folder / "stripped.o") : std::nullopt;
}

}  // namespace mbpf::test
