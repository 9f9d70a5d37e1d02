// SPDX-License-Identifier: MIT
// The devices that this user works with, in devices.json, and which of them is the current one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "toolkit/net/client.hpp"
#include "toolkit/system/file_lock.hpp"

namespace mbpf::toolkit::device {

inline constexpr char const* host_board = "host";

// A device that was started here. Others are known by address only.
struct Device {
    std::string name;
    std::string board;  // Or host_board: a process of this PC.
    std::uint16_t port{};
    int process{};
    std::filesystem::path flash;
    std::string id;  // 32 hexadecimal digits, by chance: signed commands are for one device.

    [[nodiscard]] bool is_running() const;
    // What is on the command line of its process.
    [[nodiscard]] std::string flash_argument() const;
    [[nodiscard]] net::Endpoint endpoint() const { return {"127.0.0.1", port}; }
    [[nodiscard]] std::filesystem::path log() const;
};

struct Registry {
    std::string current;  // A name or an address; empty: none.
    std::vector<Device> devices;

    [[nodiscard]] Device* find(std::string const& name);
};

// Held while the file is read, changed and written: others who want that wait.
[[nodiscard]] system::FileLock lock_registry();

[[nodiscard]] Registry load_registry();
// Under a lock that was taken before the registry was loaded.
void save_registry(Registry const& registry);

// Nothing if `wanted` is a name. A Failure if it is a URI that cannot be an address.
[[nodiscard]] std::optional<net::Endpoint> address_in(std::string const& wanted);

// The device of that name or address; the current one if `device` is empty. A Failure if there is
// none, or if it was started here and does not run.
[[nodiscard]] net::Client connect(std::string const& device);

}  // namespace mbpf::toolkit::device
