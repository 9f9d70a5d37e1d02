// SPDX-License-Identifier: MIT
#include "toolkit/deploy/send.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <cstdio>

#include "toolkit/remote/remote.hpp"

namespace mbpf::toolkit::deploy {

namespace {

// On a terminal only, and gone when all is sent.
void show_progress(std::size_t done, std::size_t total) {
    constexpr std::size_t columns = 30;
    if (isatty(STDERR_FILENO) != 1 || total == 0) {
        return;
    }
    std::size_t const filled = done * columns / total;
    bool const is_done = done >= total;
    fmt::print(stderr, "\r{}",
               is_done ? std::string(columns + 40, ' ') + "\r"
                       : fmt::format("sending [{}{}] {} of {} bytes", std::string(filled, '='),
                                     std::string(columns - filled, ' '), done, total));
    std::fflush(stderr);
}

}  // namespace

void Steps::add(std::string name) {
    Clock::time_point const now = Clock::now();
    steps_.push_back(
        {std::move(name), std::chrono::duration_cast<std::chrono::microseconds>(now - last_)});
    last_ = now;
}

std::string Steps::text() const {
    std::string text;
    for (Step const& step : steps_) {
        constexpr double us_per_ms = 1000;
        text += fmt::format("{}{} {:.1f} ms", text.empty() ? "" : ", ", step.name,
                            double(step.took.count()) / us_per_ms);
    }
    return text;
}

void install_signed(net::Client& client, Bytes envelope, explain::Subject const& subject) {
    net::Response const response = client.request({.method = net::Method::Post,
                                                   .path = "mbpf/install",
                                                   .payload = {envelope.begin(), envelope.end()}},
                                                  show_progress);
    remote::check(client, response, subject);
}

Sent install(net::Client& client, remote::DeviceInfo const& device, sign::Installation wanted,
             Bytes image, crypto::PrivateKey const& key, explain::Subject const& subject,
             Steps& steps) {
    wanted.recipients.vendor = device.identity.vendor;
    wanted.recipients.device_class = device.identity.device_class;
    for (bool is_second = false;; is_second = true) {
        std::vector<std::byte> const envelope = sign::write_envelope(wanted, image, key);
        steps.add(is_second ? "refused, sign again" : "sign");
        try {
            install_signed(client, envelope, subject);
            steps.add("send and install");
            return {wanted.sequence, envelope.size()};
        } catch (remote::Refused const& refused) {
            bool const may_go_on = refused.is(Fault::SequenceNotNewer) && refused.allowed() != 0;
            if (!may_go_on || is_second) {
                throw;
            }
            wanted.sequence = refused.allowed();
        }
    }
}

}  // namespace mbpf::toolkit::deploy
