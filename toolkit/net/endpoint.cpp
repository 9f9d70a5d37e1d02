// SPDX-License-Identifier: MIT
#include "toolkit/net/endpoint.hpp"

#include <fmt/format.h>

#include "toolkit/input/number.hpp"

namespace mbpf::toolkit::net {

namespace {

constexpr std::string_view scheme = "coap://";

std::optional<std::uint16_t> parse_port(std::string_view text) {
    bool const is_decimal = text.find_first_not_of("0123456789") == std::string_view::npos;
    std::optional<std::uint64_t> const number = input::parse_number(text);
    bool const is_port = is_decimal && number && *number >= 1 && *number <= 0xffff;
    return is_port ? std::optional{std::uint16_t(*number)} : std::nullopt;
}

}  // namespace

std::string Endpoint::text() const {
    bool const is_bracketed = host.find(':') != std::string::npos;
    return fmt::format("coap://{}{}{}:{}", is_bracketed ? "[" : "", host, is_bracketed ? "]" : "",
                       port);
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
    if (!text.starts_with(scheme)) {
        return {};
    }
    text.remove_prefix(scheme.size());
    text = text.ends_with('/') ? text.substr(0, text.size() - 1) : text;
    bool const is_bracketed = text.starts_with('[');
    std::size_t const end = is_bracketed ? text.find(']') : std::min(text.find(':'), text.size());
    if (end == std::string_view::npos || text.find('/') != std::string_view::npos) {
        return {};
    }
    Endpoint endpoint;
    endpoint.host = is_bracketed ? text.substr(1, end - 1) : text.substr(0, end);
    text.remove_prefix(is_bracketed ? end + 1 : end);
    if (!text.empty()) {
        std::optional<std::uint16_t> const port =
            text.starts_with(':') ? parse_port(text.substr(1)) : std::nullopt;
        endpoint.port = port.value_or(0);
    }
    bool const is_good = !endpoint.host.empty() && endpoint.port != 0;
    return is_good ? std::optional{endpoint} : std::nullopt;
}

}  // namespace mbpf::toolkit::net
