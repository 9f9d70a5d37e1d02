// SPDX-License-Identifier: MIT
// What an image asks of a device, from the command line and from the C source: when it runs, what
// it may call and touch, how long it may run, by which engine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/cli.hpp"
#include "toolkit/input/input.hpp"
#include "toolkit/layout/layout.hpp"
#include "toolkit/package/hook.hpp"

namespace mbpf::toolkit::package {

// The options of verbs that make images.
struct Wishes {
    std::string grants;  // Empty: what the program calls.
    bool is_on_boot = false;
    std::vector<std::string> timers;
    std::vector<std::string> requests;
    std::vector<std::string> packets;
    std::vector<std::string> events;
    std::string engine;
    std::string restart;
    std::uint32_t run_budget = 0;
    std::uint32_t second_budget = 0;
    std::string keys;

    // All but --grant are for images only.
    [[nodiscard]] bool need_image() const {
        return is_on_boot || !timers.empty() || !requests.empty() || !packets.empty() ||
               !events.empty() || !engine.empty() || !restart.empty() || run_budget != 0 ||
               second_budget != 0 || !keys.empty();
    }
};

// Adds them to a verb, which outlives neither.
void add_options(CLI::App& verb, Wishes& wishes);

// A program with all its wishes. `program` views the input and the bytes here, which stay where
// they are when a Package is moved.
struct Package {
    program::Program program;
    std::vector<std::byte> helper_ids;
    std::vector<std::byte> hook_section;
    std::vector<std::byte> key_section;
    std::vector<std::byte> lines;
    std::vector<std::byte> map_names;
    std::vector<Hook> hooks;

    Package() = default;
    Package(Package&&) = default;
    Package& operator=(Package&&) = default;
};

enum class Lines : std::uint8_t { Kept, Stripped };

// A program with no hook gets one for requests to `default_path`, unless that is empty.
[[nodiscard]] Package pack(input::Input const& input, Wishes const& wishes, Lines lines,
                           std::string const& default_path = {});

// The image of it; a Failure if there is none.
[[nodiscard]] layout::File encode(Package const& package, std::string const& path);

// Hooks that section names of a linked object ask for, in the order of entries.
[[nodiscard]] std::vector<Hook> section_hooks(input::Input const& input);

// What an entry is called in the source, if anything says so.
[[nodiscard]] std::string entry_name(input::Input const& input, std::uint32_t index);

[[nodiscard]] std::string_view name_of(program::EngineWish wish);
[[nodiscard]] std::string_view name_of(program::RestartWish wish);

}  // namespace mbpf::toolkit::package
