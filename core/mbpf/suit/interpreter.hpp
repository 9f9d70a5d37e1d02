// SPDX-License-Identifier: MIT
// Runs command sequences of a manifest. Nothing is fetched yet: a fetch and the digest that it must
// have are noted. An image that does not match what is noted could never be installed, so such a
// condition fails at once.
#pragma once

#include <array>

#include "mbpf/suit/digest.hpp"
#include "mbpf/suit/manifest.hpp"

namespace mbpf::suit {

// All that commands change: a branch that fails must leave no trace.
struct Progress {
    // What vendor, class and device must be. Parameters are empty while nobody has set them.
    std::array<Bytes, identities> wanted;
    Bytes digest;
    Bytes uri;
    Bytes fetched_uri;
    Bytes matched_digest;
    std::uint32_t image_bytes;
    std::uint32_t matched_bytes;
    std::array<bool, identities> is_checked;
    bool has_image_bytes;
    bool is_fetched;
    bool is_matched;
};

class Interpreter {
public:
    Interpreter(Attempt& attempt, Profile profile, Identity const& self)
        : attempt_{attempt}, self_{self}, profile_{profile} {}

    // Does nothing if the attempt has failed.
    void run(cbor::Reader sequence);
    [[nodiscard]] Progress const& progress() const { return progress_; }

private:
    struct Frame {
        cbor::Reader reader;
        std::uint32_t left;  // Items: of a sequence, or branches.
    };

    void open(Frame& frame, cbor::Reader sequence);
    void step(Frame& frame);
    void open_branches(cbor::Reader argument);
    void next_branch();
    void finish_branch();

    void run_command(cbor::Reader& reader, std::uint32_t where, std::uint32_t command);
    void set_parameters(cbor::Reader& reader, bool is_override);
    void set_parameter(cbor::Reader& reader, std::uint32_t where, std::uint32_t number,
                       bool is_override);
    void set_image_bytes(cbor::Reader& reader, std::uint32_t where, bool is_override);
    void match_image(std::uint32_t where);
    void fetch(std::uint32_t where);
    void select_component(cbor::Reader& reader, std::uint32_t where);
    [[gnu::always_inline]] void require(bool is_met, Command condition, std::uint32_t where) {
        attempt_.require(is_met, Fault::ConditionFailed, where, std::uint32_t(condition));
    }
    void refuse(Fault fault, std::uint32_t where, std::uint32_t found) {
        attempt_.refuse(fault, where, found);
    }

    Attempt& attempt_;
    Identity const& self_;
    Profile profile_;
    Progress progress_{};
    // What they hold is set before it is looked at.
    Progress before_branches_;
    Frame outer_;
    Frame inner_;  // The branch being tried.
    Frame branches_;
    bool is_trying_ = false;
};

}  // namespace mbpf::suit
