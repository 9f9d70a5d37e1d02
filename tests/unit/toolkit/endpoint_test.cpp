// SPDX-License-Identifier: MIT
// Addresses of devices, and what is said when nobody is there.
#include <gtest/gtest.h>

#include "toolkit/net/client.hpp"
#include "toolkit/problem.hpp"

namespace mbpf::test {
namespace {

namespace net = toolkit::net;

TEST(Endpoint, IsAUri) {
    EXPECT_EQ(net::parse_endpoint("coap://10.0.0.1"), (net::Endpoint{"10.0.0.1", 5683}));
    EXPECT_EQ(net::parse_endpoint("coap://node.local:7/"), (net::Endpoint{"node.local", 7}));
    EXPECT_EQ(net::parse_endpoint("coap://[fe80::1]:65535"), (net::Endpoint{"fe80::1", 65535}));
    EXPECT_EQ(net::parse_endpoint("coap://[::1]")->text(), "coap://[::1]:5683");
}

TEST(Endpoint, IsNothingElse) {
    for (char const* const text :
         {"", "coap://", "coap:///", "coap://:1", "coap://a:", "coap://a:0", "coap://a:65536",
          "coap://a:0x1", "coap://a:-1", "coap://a/b", "coap://[::1", "coap://[::1]7", "coap://[]",
          "http://a", "coaps://a", "m4", "127.0.0.1:5683"}) {
        EXPECT_FALSE(net::parse_endpoint(text).has_value()) << text;
    }
}

TEST(Client, SaysThatNobodyIsThere) {
    net::Client client{"nobody", {"127.0.0.1", 9}, net::Patience::Short};
    try {
        static_cast<void>(client.request({.path = "mbpf/device"}));
        FAIL() << "somebody answered";
    } catch (toolkit::Failure const& failure) {
        EXPECT_EQ(failure.exit_code(), toolkit::ExitCode::Unavailable);
        EXPECT_EQ(failure.problem().program, "nobody");
        EXPECT_NE(failure.problem().found.find("coap://127.0.0.1:9"), std::string::npos);
    }
}

TEST(Client, SaysThatANameIsUnknown) {
    EXPECT_THROW((net::Client{"x", {"no such host", 5683}}), toolkit::Failure);
}

}  // namespace
}  // namespace mbpf::test
