// SPDX-License-Identifier: MIT
// A device that is a process of this PC: mbpf-device --flash FILE --port N. What it prints on its
// first line is the port that it listens at. --lock N is a descriptor that locks the file.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "device/device.hpp"
#include "device/host/crypto.hpp"
#include "device/host/flash_file.hpp"

namespace mbpf::device {

namespace {

constexpr std::size_t ram_bytes = 32 * 1024;
constexpr std::size_t max_datagram_bytes = 1500;
constexpr int exit_usage = 64;
constexpr int exit_failed = 4;
constexpr std::array<std::uint8_t, 16> host_class{0xc4, 0x66, 0xc8, 0x09, 0xef, 0x36, 0x5e, 0x8e,
                                                  0x85, 0x30, 0x28, 0xeb, 0xb2, 0xdc, 0x11, 0x42};

std::uint64_t now_us() {
    static auto const start = std::chrono::steady_clock::now();
    return std::uint64_t(std::chrono::duration_cast<std::chrono::microseconds>(
                             std::chrono::steady_clock::now() - start)
                             .count());
}

// UDP on the loopback interface.
class Socket {
public:
    explicit Socket(std::uint16_t port) : descriptor_{::socket(AF_INET, SOCK_DGRAM, 0)} {
        sockaddr_in address = loopback(port);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        if (descriptor_ < 0 || ::bind(descriptor_, generic, size) != 0 ||
            ::getsockname(descriptor_, generic, &size) != 0) {
            throw std::runtime_error{"UDP port " + std::to_string(port) + ": " +
                                     std::strerror(errno)};
        }
        port_ = ntohs(address.sin_port);
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }

    void send(coap::Peer const& to, Bytes datagram) const {
        sockaddr_in const address = loopback(to.port);
        // A datagram may get lost, so nobody asks whether it went.
        static_cast<void>(::sendto(descriptor_, datagram.data(), datagram.size(), 0,
                                   reinterpret_cast<sockaddr const*>(&address), sizeof address));
    }

    // Waits for a datagram, but not longer than that.
    void wait(std::uint64_t wait_us) const {
        pollfd waiting{descriptor_, POLLIN, 0};
        static_cast<void>(::poll(&waiting, 1, int((wait_us + 999) / 1000)));
    }

    // False if there is none.
    [[nodiscard]] bool receive(std::vector<std::byte>& datagram, coap::Peer& from) const {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        datagram.resize(max_datagram_bytes);
        ssize_t const bytes =
            ::recvfrom(descriptor_, datagram.data(), datagram.size(), MSG_DONTWAIT,
                       reinterpret_cast<sockaddr*>(&address), &size);
        if (bytes < 0) {
            return false;
        }
        datagram.resize(std::size_t(bytes));
        from = {};
        from.port = ntohs(address.sin_port);
        from.address_bytes = 4;
        std::memcpy(from.address.data(), &address.sin_addr, 4);
        return true;
    }

private:
    [[nodiscard]] static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

    int descriptor_;
    std::uint16_t port_ = 0;
};

struct Options {
    std::string flash;
    std::uint16_t port = coap_port;
    std::optional<int> lock{};
    suit::Uuid id{};
};

unsigned long number_in(std::string const& text, unsigned long limit) {
    unsigned long number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number > limit) {
        throw std::invalid_argument{text + " is no number up to " + std::to_string(limit)};
    }
    return number;
}

Options read_options(std::vector<std::string> const& arguments) {
    Options options;
    for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
        if (arguments[i] == "--flash") {
            options.flash = arguments[i + 1];
        } else if (arguments[i] == "--port") {
            options.port = std::uint16_t(number_in(arguments[i + 1], 0xffff));
        } else if (arguments[i] == "--lock") {
            options.lock = int(number_in(arguments[i + 1], 0xffff));
        } else if (arguments[i] == "--id") {
            std::optional<suit::Uuid> const id = parse_id(arguments[i + 1]);
            if (!id) {
                throw std::invalid_argument{arguments[i + 1] + " is no id of 32 digits"};
            }
            options.id = *id;
        } else {
            throw std::invalid_argument{arguments[i]};
        }
    }
    if (options.flash.empty() || arguments.size() % 2 != 0) {
        throw std::invalid_argument{"--flash FILE must be there"};
    }
    return options;
}

void serve(Options const& options) {
    FlashFile flash{options.flash, options.lock};
    Socket socket{options.port};
    alignas(8) static std::array<std::byte, ram_bytes> ram;
    Sensors sensors;
    Parts const parts{
        flash.port(),
        sodium_crypto(),
        {ram, {}, helpers::standard_helpers(), &sensors.devices(), &now_us},
        {&socket, [](void* self, coap::Peer const& to,
                     Bytes datagram) { static_cast<Socket*>(self)->send(to, datagram); }},
        {"host", "0.1.0", identity_of(host_class, options.id)},
        std::random_device{}(),
        simulation(sensors)};
    auto const device = std::make_unique<Device>(parts);
    if (Result<void> const started = device->start(); !started.has_value()) {
        throw std::runtime_error{options.flash + ": fault " +
                                 std::to_string(unsigned(started.error().fault)) +
                                 ": this is no flash of a device"};
    }
    std::printf("%u\n", unsigned(socket.port()));
    std::fflush(stdout);
    std::vector<std::byte> datagram;
    coap::Peer from;
    while (true) {
        while (socket.receive(datagram, from)) {
            device->receive(from, datagram);
        }
        constexpr std::uint64_t longest_wait_us = 1'000'000;
        socket.wait(std::min(device->poll(), longest_wait_us));
    }
}

}  // namespace

}  // namespace mbpf::device

int main(int argc, char** argv) {
    try {
        std::vector<std::string> const arguments(argv + std::min(argc, 1), argv + argc);
        mbpf::device::serve(mbpf::device::read_options(arguments));
    } catch (std::invalid_argument const& error) {
        std::fprintf(stderr, "usage: mbpf-device --flash FILE [--port N]: %s\n", error.what());
        return mbpf::device::exit_usage;
    } catch (std::exception const& error) {
        std::fprintf(stderr, "mbpf-device: %s\n", error.what());
        return mbpf::device::exit_failed;
    }
    return 0;
}
