// SPDX-License-Identifier: MIT
// A client of one device: requests of any size, block by block (RFC 7959), and notices of changes
// (RFC 7641). Of libcoap, which no other part includes.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mbpf/base/base.hpp"
#include "toolkit/net/endpoint.hpp"

namespace mbpf::toolkit::net {

enum class Method : std::uint8_t { Get = 1, Post = 2, Put = 3, Delete = 4 };

struct Request {
    Method method = Method::Get;
    std::string path{};  // Segments with slashes between them.
    std::vector<std::string> query{};
    Bytes payload{};
};

struct Response {
    std::uint8_t code{};  // Class in the high 3 bits: RFC 7252, section 3.
    std::vector<std::byte> payload;

    [[nodiscard]] bool is_success() const { return code >> 5 == 2; }
    [[nodiscard]] std::string code_text() const;  // "4.04"
};

// How long to wait for a device before it counts as unreachable.
enum class Patience : std::uint8_t {
    Usual,  // 7 s: three attempts.
    Short,  // A quarter of a second, for a device that may not be there yet.
};

// Bytes of the payload that the device has, and how many there are.
using Progress = std::function<void(std::size_t done, std::size_t total)>;

class Client {
public:
    // `name` is what messages call the device.
    Client(std::string name, Endpoint endpoint, Patience patience = Patience::Usual);
    ~Client();
    Client(Client const&) = delete;

    // A Failure if the device does not answer. Whatever it answers is returned.
    [[nodiscard]] Response request(Request const& request, Progress const& progress = {});

    // Calls `changed` whenever the resource may have changed, the first time at once, until that
    // answers false. In between it may make requests.
    void observe(std::string const& path, std::function<bool()> const& changed);

    // The device is about to fetch something before it answers: wait for longer.
    void expect_pull();
    // Lets others GET `content` at this PC, while a request is waited for. Returns the URI, for
    // whoever reaches this PC at `host`; `content` outlives the client. A Failure if it cannot.
    [[nodiscard]] std::string serve(std::string const& host, std::string const& path,
                                    Bytes content);

    [[nodiscard]] std::string const& name() const { return name_; }
    [[nodiscard]] Endpoint const& endpoint() const { return endpoint_; }

private:
    struct State;

    std::string name_;
    Endpoint endpoint_;
    std::unique_ptr<State> state_;
};

}  // namespace mbpf::toolkit::net
