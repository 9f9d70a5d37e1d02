// SPDX-License-Identifier: MIT
// The resources.
#include "tests/support/coap_resources.hpp"

#include <algorithm>
#include <cstdlib>

namespace mbpf::test {

using coap::Code;
using coap::Format;
using coap::Method;
using coap::Outcome;

std::string big_text(std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) {
        text += std::to_string(text.size()) + " ";
    }
    text.resize(bytes);
    return text;
}

std::string upload_summary(std::string const& text) {
    std::uint32_t sum = 0;
    for (char const letter : text) {
        sum = sum * 31 + std::uint8_t(letter);
    }
    return std::to_string(text.size()) + " " + std::to_string(sum);
}

void CoapResources::receive(coap::Peer const& from, Bytes datagram, std::uint32_t now_ms) {
    now_ms_ = now_ms;
    server.receive(from, datagram, now_ms);
}

std::uint32_t CoapResources::poll(std::uint32_t now_ms) {
    now_ms_ = now_ms;
    std::erase_if(deferred_, [&](Deferred const& deferred) {
        bool const is_due = coap::is_due(deferred.due_ms, now_ms);
        if (is_due && server.complete(deferred.exchange, Code::Changed, Format::Text,
                                      as_bytes(deferred.payload))) {
            completed.push_back(deferred.exchange);
        }
        return is_due;
    });
    std::uint32_t wait_ms = server.poll(now_ms);
    for (Deferred const& deferred : deferred_) {
        wait_ms = std::min(wait_ms, deferred.due_ms - now_ms);
    }
    return wait_ms;
}

Outcome CoapResources::handle(void* context, coap::Request const& request, coap::Reply& reply) {
    return static_cast<CoapResources*>(context)->answer(request, reply);
}

Outcome CoapResources::answer(coap::Request const& request, coap::Reply& reply) {
    std::string name;
    for (std::string_view const segment : request.path) {
        name += (name.empty() ? "" : "/") + std::string{segment};
    }
    ++requests[name];
    std::string const payload{as_text(request.payload)};
    bool const is_post = request.method == Method::Post;
    bool const is_get = request.method == Method::Get;
    reply.content_format = Format::Text;
    if (name == "echo" && is_post) {
        ++posts[payload];
        reply.code = Code::Changed;
        reply.put(payload);
    } else if (name == "big" && is_get) {
        std::string const query{request.query[0]};
        std::string const digits = query.starts_with("bytes=") ? query.substr(6, 5) : "5000";
        // Not what a client may make of it.
        std::size_t const bytes = std::min(std::strtoul(digits.c_str(), nullptr, 10), 20'000ul);
        reply.content_format = Format::Octets;
        reply.put(big_text(bytes));
    } else if (name == "upload" && (is_post || request.method == Method::Put)) {
        return upload(request, reply);
    } else if (name == "counter" && (is_get || is_post)) {
        if (is_post) {
            ++counter;
            reply.code = Code::Changed;
            server.changed(counter_key);
        }
        reply.put_decimal(counter);
        reply.observable(counter_key);
    } else if (name == "slow" && (is_get || is_post)) {
        if (is_post) {
            ++posts[payload];
        }
        deferred_.push_back({request.exchange, now_ms_ + slow_ms, "slow " + payload});
        return Outcome::Deferred;
    } else if (name == ".well-known/core" && is_get) {
        reply.content_format = Format::Links;
        reply.put("</echo>,</big>;sz=5000,</upload>,</counter>;obs,</slow>");
    } else {
        reply.refuse(is_post || is_get ? Code::NotFound : Code::MethodNotAllowed, "no");
    }
    return Outcome::Done;
}

Outcome CoapResources::upload(coap::Request const& request, coap::Reply& reply) {
    if (request.block1.offset_bytes == 0) {
        uploaded_.clear();
    }
    if (request.block1.has_more &&
        request.block1.offset_bytes + request.payload.size() <= uploaded_.size()) {
        return Outcome::Continue;  // Again.
    }
    if (request.block1.offset_bytes != uploaded_.size()) {
        reply.refuse(Code::EntityIncomplete, "out of order");
        return Outcome::Done;
    }
    if (uploaded_.size() + request.payload.size() > 100'000) {
        reply.refuse(Code::EntityTooLarge, {});
        return Outcome::Done;
    }
    uploaded_ += as_text(request.payload);
    if (request.block1.has_more) {
        return Outcome::Continue;
    }
    reply.code = Code::Changed;
    reply.put(upload_summary(uploaded_));
    return Outcome::Done;
}

}  // namespace mbpf::test
