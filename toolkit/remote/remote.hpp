// SPDX-License-Identifier: MIT
// Requests to a device that either succeed or throw what the device says, in words.
#pragma once

#include "toolkit/explain/describe.hpp"
#include "toolkit/net/client.hpp"
#include "toolkit/remote/status.hpp"
#include "toolkit/sign/envelope.hpp"

namespace mbpf::toolkit::remote {

// What a device refused, which a caller may know how to do better.
class Refused final : public Failure {
public:
    Refused(Problem problem, std::optional<Refusal> refusal)
        : Failure{ExitCode::Refused, std::move(problem)}, refusal_{refusal} {}

    [[nodiscard]] bool is(Fault fault) const {
        return refusal_ && !refusal_->is_trap && refusal_->error.fault == fault;
    }
    // As Error::found and Error::allowed.
    [[nodiscard]] std::uint32_t found() const { return refusal_ ? refusal_->error.found : 0; }
    [[nodiscard]] std::uint32_t allowed() const { return refusal_ ? refusal_->error.allowed : 0; }

private:
    std::optional<Refusal> refusal_;
};

// Nothing if the answer is a success. `subject` is the program that the request was about.
void check(net::Client const& client, net::Response const& response,
           explain::Subject const& subject = {});

[[nodiscard]] DeviceInfo device_info(net::Client& client);
[[nodiscard]] std::vector<Container> containers(net::Client& client);
[[nodiscard]] LogPiece read_log(net::Client& client, std::optional<std::uint32_t> from);

// What a map is, without its bytes.
[[nodiscard]] program::MapRecord read_map_record(net::Client& client, std::string const& name,
                                                 std::uint32_t number);
// All bytes of it: piece by piece, each of its own moment. With `taken`, the records of a ring
// buffer that end there or before are taken out first.
[[nodiscard]] MapContents read_map(net::Client& client, std::string const& name,
                                   std::uint32_t number, std::optional<std::uint32_t> taken);

// Fault::ContainerUnknown as a Failure if there is none of that name.
[[nodiscard]] Container find_container(net::Client& client, std::string const& name);

// Signed with the lowest sequence number that the device accepts. Returns the number.
std::uint32_t command(net::Client& client, sign::Operation operation, std::string const& name,
                      crypto::PrivateKey const& key);

}  // namespace mbpf::toolkit::remote
