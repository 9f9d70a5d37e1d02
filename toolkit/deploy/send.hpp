// SPDX-License-Identifier: MIT
// An installation on its way to a device.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "toolkit/explain/describe.hpp"
#include "toolkit/net/client.hpp"
#include "toolkit/remote/status.hpp"
#include "toolkit/sign/envelope.hpp"

namespace mbpf::toolkit::deploy {

// How long each step took.
class Steps {
public:
    struct Step {
        std::string name;
        std::chrono::microseconds took{};
    };

    // The time since the last step, or since the start.
    void add(std::string name);
    [[nodiscard]] std::vector<Step> const& all() const { return steps_; }
    [[nodiscard]] std::string text() const;  // "build 61 ms, sign 1 ms"

private:
    using Clock = std::chrono::steady_clock;

    Clock::time_point last_ = Clock::now();
    std::vector<Step> steps_;
};

struct Sent {
    std::uint32_t sequence{};
    std::size_t bytes{};
};

// What somebody has signed, as it is: a device takes each number once.
void install_signed(net::Client& client, Bytes envelope, explain::Subject const& subject);

// Signs and sends it with a number above those of the name. A number that is too low, because a
// container of that name was removed, is replaced once. Without `image` the device has it already.
Sent install(net::Client& client, remote::DeviceInfo const& device, sign::Installation wanted,
             Bytes image, crypto::PrivateKey const& key, explain::Subject const& subject,
             Steps& steps);

}  // namespace mbpf::toolkit::deploy
