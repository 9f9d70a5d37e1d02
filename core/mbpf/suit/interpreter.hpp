// SPDX-License-Identifier: MIT
// Runs command sequences of a manifest. Nothing is fetched yet: a fetch and the digest that it must
// have are noted. An image that does not match what is noted could never be installed, so such a
// condition fails at once.
#pragma once

#include "mbpf/suit/attempt.hpp"
#include "mbpf/suit/digest.hpp"
#include "mbpf/suit/manifest.hpp"

namespace mbpf::suit {

// All that commands change: a branch that fails must leave no trace.
struct Progress {
    Bytes vendor;  // Parameters; empty while nobody has set them.
    Bytes device_class;
    Bytes device;
    Bytes uri;
    port::Digest digest{};
    std::uint32_t image_bytes{};
    bool has_digest{};
    bool has_image_bytes{};

    bool is_vendor_checked{};
    bool is_class_checked{};
    bool is_fetched{};
    bool is_matched{};
    Bytes fetched_uri;
    port::Digest matched_digest{};
    std::uint32_t matched_bytes{};
};

class Interpreter {
public:
    Interpreter(Profile profile, Identity const& self) : self_{self}, profile_{profile} {}

    [[nodiscard]] Result<void> run(cbor::Reader sequence);
    [[nodiscard]] Progress const& progress() const { return progress_; }

private:
    struct Frame {
        cbor::Reader reader;
        std::uint32_t left{};  // Items: of a sequence, or branches.
    };

    void open(Frame& frame, cbor::Reader sequence);
    void step(Frame& frame);
    void open_branches(cbor::Reader argument);
    void next_branch();
    void finish_branch();

    void run_command(cbor::Reader& reader, std::uint32_t where, std::uint64_t command);
    void set_parameters(cbor::Reader& reader, bool is_override);
    void set_parameter(cbor::Reader& reader, std::uint32_t where, std::int64_t number,
                       bool is_override);
    void set_bytes(cbor::Reader& reader, Bytes& parameter, bool is_override);
    void require(bool condition, Command number, std::uint32_t where);
    void match_image(std::uint32_t where);
    void fetch(std::uint32_t where);
    void select_component(cbor::Reader& reader, std::uint32_t where);
    void report(cbor::Reader& reader);
    void refuse(Fault fault, std::uint32_t where, std::uint64_t found) {
        attempt_.refuse(fault, where, std::uint32_t(found));
    }

    Identity const& self_;
    Profile profile_;
    Attempt attempt_;
    Progress progress_;
    Progress before_branches_;
    Frame outer_;
    Frame inner_;  // The branch being tried.
    Frame branches_;
    bool is_trying_ = false;
};

}  // namespace mbpf::suit
