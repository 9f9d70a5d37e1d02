// SPDX-License-Identifier: MIT
// The resources of tests/support on a UDP socket of this PC, for peers that others have written.
// Prints the port, then serves until its standard input ends.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "tests/support/coap_resources.hpp"

namespace {

using mbpf::Bytes;
using mbpf::coap::Peer;

std::uint32_t now_ms() {
    auto const now = std::chrono::steady_clock::now().time_since_epoch();
    return std::uint32_t(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

Peer peer_of(sockaddr_in const& address) {
    Peer peer{.port = ntohs(address.sin_port), .address_bytes = 4};
    std::memcpy(peer.address.data(), &address.sin_addr, peer.address_bytes);
    return peer;
}

void send_datagram(void* context, Peer const& to, Bytes datagram) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(to.port);
    std::memcpy(&address.sin_addr, to.address.data(), to.address_bytes);
    // A datagram that the system does not take is one that got lost.
    static_cast<void>(sendto(*static_cast<int*>(context), datagram.data(), datagram.size(), 0,
                             generic(address), sizeof address));
}

// The socket, at a port that the system chooses and this prints; or -1.
int open_socket() {
    int const socket_number = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (bind(socket_number, generic(address), length) != 0 ||
        getsockname(socket_number, generic(address), &length) != 0) {
        return -1;
    }
    std::printf("%u\n", unsigned{ntohs(address.sin_port)});
    std::fflush(stdout);
    return socket_number;
}

void serve(int& socket_number) {
    mbpf::test::CoapResources resources{{&socket_number, send_datagram}, now_ms()};
    std::array<std::byte, 2048> room{};
    while (true) {
        constexpr std::uint32_t longest_ms = 1000;
        std::uint32_t const wait_ms = std::min(resources.poll(now_ms()), longest_ms);
        std::array<pollfd, 2> sources{{{socket_number, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
        if (poll(sources.data(), sources.size(), int(wait_ms)) < 0 || sources[1].revents != 0) {
            return;
        }
        if (sources[0].revents != 0) {
            sockaddr_in from{};
            socklen_t length = sizeof from;
            ssize_t const bytes =
                recvfrom(socket_number, room.data(), room.size(), 0, generic(from), &length);
            if (bytes >= 0) {
                resources.receive(peer_of(from), Bytes{room}.first(std::size_t(bytes)), now_ms());
            }
        }
    }
}

}  // namespace

int main() {
    int socket_number = open_socket();
    if (socket_number < 0) {
        std::perror("coap_server");
        return 1;
    }
    serve(socket_number);
    close(socket_number);
    return 0;
}
