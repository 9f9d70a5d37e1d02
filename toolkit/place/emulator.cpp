// SPDX-License-Identifier: MIT
#include "toolkit/place/emulator.hpp"

#include <fmt/format.h>
#include <cstdlib>
#include <fstream>

#include "toolkit/system/process.hpp"

namespace mbpf::toolkit::place {

namespace fs = std::filesystem;

namespace {

// An image of another kind is next to the one that was named.
fs::path chosen_image(fs::path const& chosen, std::string const& file) {
    std::error_code error;
    if (fs::is_directory(chosen, error)) {
        return chosen / file;
    }
    bool const is_device = file.starts_with("device-");
    return is_device && chosen.filename() != file ? chosen.parent_path() / file : chosen;
}

// QEMU would run any bytes, and print registers.
void check_elf(fs::path const& path) {
    constexpr std::string_view magic = "\177ELF";
    std::string start(magic.size(), '\0');
    std::ifstream{path}.read(start.data(), std::streamsize(start.size()));
    if (start != magic) {
        throw unavailable(
            "FirmwareUnusable",
            fmt::format("{} is no firmware: no ELF file (MBPF_FIRMWARE)", path.string()),
            "build it: ./dev build");
    }
}

// MBPF_FIRMWARE names the image or its folder; otherwise it is where the build puts it.
fs::path find_firmware(std::string const& file) {
    std::error_code error;
    if (char const* const chosen = std::getenv("MBPF_FIRMWARE");
        chosen != nullptr && *chosen != '\0') {
        fs::path const path = chosen_image(chosen, file);
        if (fs::is_regular_file(path, error)) {
            check_elf(path);
            return path;
        }
        throw unavailable("FirmwareMissing",
                          fmt::format("there is no firmware at {} (MBPF_FIRMWARE)", path.string()),
                          "build it: ./dev build");
    }
    fs::path folder = system::own_folder();
    fs::path const first = folder / "firmware" / file;
    for (; !folder.empty(); folder = folder.parent_path()) {
        for (fs::path const& candidate :
             {folder / "firmware" / file, folder / "build" / "firmware" / file}) {
            if (fs::is_regular_file(candidate, error)) {
                return candidate;
            }
        }
        if (folder == folder.root_path()) {
            break;
        }
    }
    throw unavailable("FirmwareMissing", fmt::format("there is no firmware at {}", first.string()),
                      "build it: ./dev build; or name it with MBPF_FIRMWARE");
}

fs::path find_emulator() {
    if (auto const path = system::find_program(emulator)) {
        return *path;
    }
    throw unavailable("EmulatorMissing", fmt::format("{} is not in PATH", emulator),
                      "install it: apt-get install qemu-system-arm (Debian 12)");
}

}  // namespace

std::vector<std::string> emulator_command(std::string const& board, std::string const& image,
                                          std::vector<std::string> const& words) {
    std::string line = "enable=on,target=native";
    for (std::string const& word : words) {
        line += ",arg=" + word;
    }
    return {find_emulator().string(),
            "-M",
            board,
            "-nographic",
            "-monitor",
            "none",
            "-serial",
            "none",
            "-kernel",
            find_firmware(image).string(),
            "-semihosting-config",
            line};
}

Failure unavailable(std::string name, std::string reason, std::string suggestion,
                    std::string details) {
    return {ExitCode::Unavailable, Problem{.kind = ProblemKind::Place,
                                           .name = std::move(name),
                                           .reason = std::move(reason),
                                           .suggestion = std::move(suggestion),
                                           .details = std::move(details)}};
}

std::string quoted(fs::path const& path) {
    std::string text;
    for (char const c : path.string()) {
        text += c == ',' ? ",," : std::string(1, c);
        if (c == ' ') {
            throw unavailable(
                "FolderUnusable",
                fmt::format("the firmware cannot take a file name with a blank: {}", path.string()),
                "name a folder without blanks: TMPDIR for runs, MBPF_HOME for devices");
        }
    }
    return text;
}

}  // namespace mbpf::toolkit::place
