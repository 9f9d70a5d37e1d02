// SPDX-License-Identifier: MIT
#include "toolkit/net/free_port.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cstring>

#include "toolkit/problem.hpp"

namespace mbpf::toolkit::net {

std::uint16_t free_port() {
    int const handle = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_storage storage{};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::memcpy(&storage, &address, sizeof address);
    socklen_t size = sizeof address;
    void* const generic = &storage;
    bool const is_found = handle >= 0 && bind(handle, static_cast<sockaddr*>(generic), size) == 0 &&
                          getsockname(handle, static_cast<sockaddr*>(generic), &size) == 0;
    std::memcpy(&address, &storage, sizeof address);
    if (handle >= 0) {
        close(handle);
    }
    if (!is_found) {
        throw Failure{ExitCode::Unavailable,
                      Problem{.kind = ProblemKind::Place,
                              .name = "PortMissing",
                              .reason = "there is no free UDP port on 127.0.0.1"}};
    }
    return ntohs(address.sin_port);
}

}  // namespace mbpf::toolkit::net
