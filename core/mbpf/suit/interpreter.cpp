// SPDX-License-Identifier: MIT
// Branches are not nested, so two frames are all there is.
#include "mbpf/suit/interpreter.hpp"

namespace mbpf::suit {

// Each step takes at least one byte off a frame, and a branch is opened once.
Result<void> Interpreter::run(cbor::Reader sequence) {
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
    attempt_.finish(outer_.reader);
    return attempt_.has_failed() ? Result<void>{attempt_.error()} : Result<void>{};
}

void Interpreter::open(Frame& frame, cbor::Reader sequence) {
    std::uint32_t const where = sequence.offset();
    frame.left = attempt_.array_head(sequence);
    frame.reader = sequence;
    if (frame.left % 2 != 0) {
        refuse(Fault::EnvelopeMalformed, where, frame.left);
    }
}

void Interpreter::step(Frame& frame) {
    std::uint32_t const where = frame.reader.offset();
    std::uint64_t const command = attempt_.unsigned_integer(frame.reader);
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
        (void)attempt_.take(frame.reader.skip());
        open_branches(argument);
    }
}

// The argument is whole: it has been passed.
void Interpreter::open_branches(cbor::Reader argument) {
    if (attempt_.has_failed()) {
        return;
    }
    std::uint32_t const where = argument.offset();
    branches_.left = attempt_.array_head(argument);
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
    bool const is_empty = attempt_.peek(branches_.reader) == cbor::Major::Simple;
    if (is_empty && branches_.left == 0) {
        attempt_.pass(branches_.reader.null());
        inner_ = {};
    } else {
        open(inner_, attempt_.nested(branches_.reader));
    }
}

// The branches that are not needed are read all the same: they must be well-formed.
void Interpreter::finish_branch() {
    attempt_.finish(inner_.reader);
    for (; branches_.left > 0 && !attempt_.has_failed(); --branches_.left) {
        (void)attempt_.take(branches_.reader.skip());
    }
    is_trying_ = false;
}

void Interpreter::run_command(cbor::Reader& reader, std::uint32_t where, std::uint64_t command) {
    Progress& now = progress_;
    if (command > std::uint8_t(Command::ConditionDevice)) {
        return refuse(Fault::ManifestUnsupported, where, command);
    }
    switch (Command(command)) {
        case Command::ConditionVendor:
            now.is_vendor_checked = equal(now.vendor, self_.vendor);
            require(now.is_vendor_checked, Command::ConditionVendor, where);
            return report(reader);
        case Command::ConditionClass:
            now.is_class_checked = equal(now.device_class, self_.device_class);
            require(now.is_class_checked, Command::ConditionClass, where);
            return report(reader);
        case Command::ConditionDevice:
            require(equal(now.device, self_.device), Command::ConditionDevice, where);
            return report(reader);
        case Command::ConditionImageMatch: match_image(where); return report(reader);
        case Command::Fetch: fetch(where); return report(reader);
        case Command::SetComponentIndex: return select_component(reader, where);
        case Command::OverrideParameters: return set_parameters(reader, true);
        case Command::SetParameters:
            if (profile_ == Profile::Riot) {
                return set_parameters(reader, false);
            }
            break;
        case Command::TryEach: break;
    }
    refuse(Fault::ManifestUnsupported, where, command);
}

void Interpreter::set_parameters(cbor::Reader& reader, bool is_override) {
    cbor::KeyOrder order;
    std::uint32_t const count = attempt_.map_head(reader);
    for (std::uint32_t i = 0; i < count && !attempt_.has_failed(); ++i) {
        std::uint32_t const where = reader.offset();
        std::int64_t const number = attempt_.key(reader, order);
        if (!attempt_.has_failed()) {
            set_parameter(reader, where, number, is_override);
        }
    }
}

void Interpreter::set_parameter(cbor::Reader& reader, std::uint32_t where, std::int64_t number,
                                bool is_override) {
    Progress& now = progress_;
    switch (number) {
        case std::int64_t(Parameter::Vendor): return set_bytes(reader, now.vendor, is_override);
        case std::int64_t(Parameter::Class):
            return set_bytes(reader, now.device_class, is_override);
        case std::int64_t(Parameter::Device): return set_bytes(reader, now.device, is_override);
        case std::int64_t(Parameter::Uri): {
            Bytes const uri = as_bytes(attempt_.text_string(reader));
            now.uri = is_override || now.uri.empty() ? uri : now.uri;
            return;
        }
        case std::int64_t(Parameter::ImageDigest): {
            port::Digest const digest =
                attempt_.take(read_digest(attempt_.nested(reader), profile_));
            now.digest = is_override || !now.has_digest ? digest : now.digest;
            now.has_digest = true;
            return;
        }
        case std::int64_t(Parameter::ImageBytes): {
            std::uint64_t const bytes = attempt_.unsigned_integer(reader);
            if (bytes > max_word) {
                refuse(Fault::ImageTooLarge, where, max_word);
            }
            now.image_bytes =
                is_override || !now.has_image_bytes ? std::uint32_t(bytes) : now.image_bytes;
            now.has_image_bytes = true;
            return;
        }
        default: refuse(Fault::ManifestUnsupported, where, std::uint64_t(number));
    }
}

void Interpreter::set_bytes(cbor::Reader& reader, Bytes& parameter, bool is_override) {
    Bytes const value = attempt_.byte_string(reader);
    parameter = is_override || parameter.empty() ? value : parameter;
}

void Interpreter::require(bool condition, Command number, std::uint32_t where) {
    if (!condition) {
        refuse(Fault::ConditionFailed, where, std::uint64_t(number));
    }
}

// Of several, all must want the same image, for there is only one.
void Interpreter::match_image(std::uint32_t where) {
    Progress& now = progress_;
    bool const is_known = now.is_fetched && now.has_digest && now.has_image_bytes;
    bool const is_other = now.is_matched && (now.matched_digest != now.digest ||
                                             now.matched_bytes != now.image_bytes);
    require(is_known && !is_other, Command::ConditionImageMatch, where);
    now.is_matched = true;
    now.matched_digest = now.digest;
    now.matched_bytes = now.image_bytes;
}

// Nothing is fetched for someone else, and nothing is fetched twice.
void Interpreter::fetch(std::uint32_t where) {
    Progress& now = progress_;
    require(now.is_vendor_checked, Command::ConditionVendor, where);
    require(now.is_class_checked, Command::ConditionClass, where);
    if (now.is_fetched) {
        refuse(Fault::ManifestUnsupported, where, std::uint64_t(Command::Fetch));
    }
    now.is_fetched = true;
    now.fetched_uri = now.uri;
}

// There is one: it is number 0, and all of them.
void Interpreter::select_component(cbor::Reader& reader, std::uint32_t where) {
    bool const is_all = attempt_.peek(reader) == cbor::Major::Simple;
    bool const is_ours =
        is_all ? attempt_.take(reader.boolean()) : attempt_.unsigned_integer(reader) == 0;
    if (!is_ours) {
        refuse(Fault::ManifestUnsupported, where, std::uint64_t(Command::SetComponentIndex));
    }
}

// Which records the sender would like; there is nobody to send them to.
void Interpreter::report(cbor::Reader& reader) {
    std::uint32_t const where = reader.offset();
    std::uint64_t const policy = attempt_.unsigned_integer(reader);
    if (policy > report_mask) {
        refuse(Fault::EnvelopeMalformed, where, policy);
    }
}

}  // namespace mbpf::suit
