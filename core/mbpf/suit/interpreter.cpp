// SPDX-License-Identifier: MIT
// Branches are not nested, so two frames are all there is.
#include "mbpf/suit/interpreter.hpp"

namespace mbpf::suit {

namespace {

// Conditions and parameters of a part of the identity have the same numbers.
std::uint32_t identity_of(std::uint32_t number) {
    return number == std::uint8_t(Command::ConditionDevice) ? 2u
           : number - 1 < 2                                 ? number - 1
                                                            : identities;
}

static_assert(std::uint8_t(Command::ConditionVendor) == 1 && std::uint8_t(Parameter::Vendor) == 1 &&
              std::uint8_t(Command::ConditionClass) == 2 && std::uint8_t(Parameter::Class) == 2 &&
              std::uint8_t(Parameter::Device) == std::uint8_t(Command::ConditionDevice));

}  // namespace

// Each step takes at least one byte off a frame, and a branch is opened once.
void Interpreter::run(cbor::Reader sequence) {
    open(outer_, sequence);
    while (!attempt_.has_failed() && (is_trying_ || outer_.left > 0)) {
        if (!is_trying_) {
            step(outer_);
        } else if (inner_.left > 0) {
            step(inner_);
        } else {
            finish_branch();
        }
        if (is_trying_ && attempt_.error().fault == Fault::ConditionFailed) {
            next_branch();
        }
    }
    outer_.reader.finish(attempt_);
}

void Interpreter::open(Frame& frame, cbor::Reader sequence) {
    std::uint32_t const where = sequence.offset();
    frame.left = sequence.array_head(attempt_);
    frame.reader = sequence;
    attempt_.require(frame.left % 2 == 0, Fault::EnvelopeMalformed, where, frame.left);
}

void Interpreter::step(Frame& frame) {
    std::uint32_t const where = frame.reader.offset();
    std::uint32_t const command = frame.reader.unsigned_word(attempt_);
    frame.left -= 2;
    if (attempt_.has_failed()) {
        return;
    }
    if (command != std::uint8_t(Command::TryEach)) {
        run_command(frame.reader, where, command);
    } else if (is_trying_) {
        refuse(Fault::ManifestUnsupported, where, command);
    } else {
        cbor::Reader const argument = frame.reader;
        (void)frame.reader.skip(attempt_);
        open_branches(argument);
    }
}

// The argument is whole: it has been passed.
[[gnu::always_inline]] inline void Interpreter::open_branches(cbor::Reader argument) {
    if (attempt_.has_failed()) {
        return;
    }
    std::uint32_t const where = argument.offset();
    branches_.left = argument.array_head(attempt_);
    branches_.reader = argument;
    before_branches_ = progress_;
    is_trying_ = true;
    if (branches_.left == 0) {
        refuse(Fault::EnvelopeMalformed, where, 0);
    } else {
        next_branch();
    }
}

// A last branch of null does nothing, and does not fail. Without one, what failed stays.
void Interpreter::next_branch() {
    if (branches_.left == 0) {
        is_trying_ = false;
        return;
    }
    attempt_.forget();
    progress_ = before_branches_;
    --branches_.left;
    bool const is_empty = branches_.reader.peek(attempt_) == cbor::Major::Simple;
    if (is_empty && branches_.left == 0) {
        branches_.reader.null(attempt_);
        inner_ = {};
    } else {
        open(inner_, branches_.reader.nested(attempt_));
    }
}

// The branches that are not needed are read all the same: they must be well-formed.
[[gnu::always_inline]] inline void Interpreter::finish_branch() {
    inner_.reader.finish(attempt_);
    for (; branches_.left > 0 && !attempt_.has_failed(); --branches_.left) {
        (void)branches_.reader.skip(attempt_);
    }
    is_trying_ = false;
}

[[gnu::always_inline]] inline void Interpreter::run_command(cbor::Reader& reader,
                                                            std::uint32_t where,
                                                            std::uint32_t command) {
    std::uint32_t const identity = identity_of(command);
    bool const is_override = command == std::uint8_t(Command::OverrideParameters);
    if (is_override ||
        (command == std::uint8_t(Command::SetParameters) && profile_ == Profile::Riot)) {
        return set_parameters(reader, is_override);
    }
    if (command == std::uint8_t(Command::SetComponentIndex)) {
        return select_component(reader, where);
    }
    if (identity < identities) {
        bool const is_met = equal(progress_.wanted[identity], part_of(self_, identity));
        progress_.is_checked[identity] = is_met;
        require(is_met, Command(command), where);
    } else if (command == std::uint8_t(Command::ConditionImageMatch)) {
        match_image(where);
    } else if (command == std::uint8_t(Command::Fetch)) {
        fetch(where);
    } else {
        return refuse(Fault::ManifestUnsupported, where, command);
    }
    // Which records the sender would like; there is nobody to send them to.
    std::uint32_t const policy_at = reader.offset();
    std::uint32_t const policy = reader.unsigned_word(attempt_);
    attempt_.require(policy <= report_mask, Fault::EnvelopeMalformed, policy_at, policy);
}

[[gnu::always_inline]] inline void Interpreter::set_parameters(cbor::Reader& reader,
                                                               bool is_override) {
    cbor::KeyOrder order;
    std::uint32_t const count = reader.map_head(attempt_);
    for (std::uint32_t i = 0; i < count && !attempt_.has_failed(); ++i) {
        std::uint32_t const where = reader.offset();
        std::uint32_t const number = std::uint32_t(reader.key_word(attempt_, order));
        if (number == std::uint8_t(Parameter::ImageBytes)) {
            set_image_bytes(reader, where, is_override);
        } else {
            set_parameter(reader, where, number, is_override);
        }
    }
}

[[gnu::always_inline]] inline void Interpreter::set_parameter(cbor::Reader& reader,
                                                              std::uint32_t where,
                                                              std::uint32_t number,
                                                              bool is_override) {
    std::uint32_t const identity = identity_of(number);
    Bytes* parameter = nullptr;
    Bytes value;
    if (identity < identities) {
        parameter = &progress_.wanted[identity];
        value = reader.byte_string(attempt_);
    } else if (number == std::uint8_t(Parameter::Uri)) {
        parameter = &progress_.uri;
        value = as_bytes(reader.text_string(attempt_));
    } else if (number == std::uint8_t(Parameter::ImageDigest)) {
        parameter = &progress_.digest;
        value = read_digest(attempt_, reader.nested(attempt_), profile_);
    } else {
        return refuse(Fault::ManifestUnsupported, where, number);
    }
    if (is_override || parameter->empty()) {
        *parameter = value;
    }
}

[[gnu::always_inline]] inline void Interpreter::set_image_bytes(cbor::Reader& reader,
                                                                std::uint32_t where,
                                                                bool is_override) {
    std::uint64_t const bytes = reader.unsigned_integer(attempt_);
    attempt_.require(bytes <= max_word, Fault::ImageTooLarge, where, max_word);
    if (is_override || !progress_.has_image_bytes) {
        progress_.image_bytes = std::uint32_t(bytes);
    }
    progress_.has_image_bytes = true;
}

// Of several, all must want the same image, for there is only one.
void Interpreter::match_image(std::uint32_t where) {
    Progress& now = progress_;
    bool const is_known = now.is_fetched && !now.digest.empty() && now.has_image_bytes;
    bool const is_same = !now.is_matched || (equal(now.matched_digest, now.digest) &&
                                             now.matched_bytes == now.image_bytes);
    require(is_known && is_same, Command::ConditionImageMatch, where);
    now.is_matched = true;
    now.matched_digest = now.digest;
    now.matched_bytes = now.image_bytes;
}

// Nothing is fetched for someone else, and nothing is fetched twice.
[[gnu::always_inline]] inline void Interpreter::fetch(std::uint32_t where) {
    Progress& now = progress_;
    require(now.is_checked[0], Command::ConditionVendor, where);
    require(now.is_checked[1], Command::ConditionClass, where);
    attempt_.require(!now.is_fetched, Fault::ManifestUnsupported, where,
                     std::uint32_t(Command::Fetch));
    now.is_fetched = true;
    now.fetched_uri = now.uri;
}

// There is one: it is number 0, and all of them.
[[gnu::always_inline]] inline void Interpreter::select_component(cbor::Reader& reader,
                                                                 std::uint32_t where) {
    bool const is_all = reader.peek(attempt_) == cbor::Major::Simple;
    bool const is_ours = is_all ? reader.boolean(attempt_) : reader.unsigned_word(attempt_) == 0;
    attempt_.require(is_ours, Fault::ManifestUnsupported, where,
                     std::uint32_t(Command::SetComponentIndex));
}

}  // namespace mbpf::suit
