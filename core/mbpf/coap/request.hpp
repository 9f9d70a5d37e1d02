// SPDX-License-Identifier: MIT
// A request as a handler sees it. Texts and payload lie in the datagram: they are gone once the
// handler has returned.
#pragma once

#include <array>
#include <string_view>

#include "mbpf/coap/block.hpp"
#include "mbpf/coap/config.hpp"
#include "mbpf/coap/message.hpp"
#include "mbpf/coap/peer.hpp"

namespace mbpf::coap {

// A few texts: segments of a path, or parts of a query.
template <std::size_t capacity>
class Texts {
public:
    [[nodiscard]] std::string_view const* begin() const { return items_.data(); }
    [[nodiscard]] std::string_view const* end() const { return items_.data() + size_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    // Nothing behind the last.
    [[nodiscard]] std::string_view operator[](std::size_t index) const {
        return index < size_ ? items_[index] : std::string_view{};
    }
    [[nodiscard]] bool append(std::string_view text) {
        if (size_ == capacity) {
            return false;
        }
        items_[size_++] = text;
        return true;
    }

private:
    std::array<std::string_view, capacity> items_{};
    std::size_t size_ = 0;
};

using Path = Texts<config::max_path_segments>;
using Query = Texts<config::max_queries>;

enum class Method : std::uint8_t { Get = 1, Post, Put, Delete, Fetch, Patch, IPatch };

// To do twice what was asked once makes no difference, and changes nothing.
[[nodiscard]] constexpr bool is_safe(Method method) {
    return method == Method::Get || method == Method::Fetch;
}

struct Request {
    Method method{};
    Path path;
    Query query;
    Format accept = Format::None;  // The only format that the client understands.
    Bytes payload;
    Block block1;  // Without the option: the only block, at offset 0.
    Peer peer;
    std::uint32_t exchange{};  // For Server::complete; 0 in a notification.
    bool is_observe{};         // The client wants to hear of changes, or this is to tell it.

    [[nodiscard]] bool accepts(Format format) const {
        return accept == Format::None || format == Format::None || accept == format;
    }
};

// What the server needs to know besides.
struct Incoming {
    Request request;
    Block block2;
    bool is_deregistration{};    // Observe with 1.
    Code refusal = Code::Empty;  // Not empty: the answer, and no handler is asked.
};

[[nodiscard]] Incoming read_request(Message const& message, Peer const& peer);

}  // namespace mbpf::coap
