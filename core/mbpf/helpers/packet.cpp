// SPDX-License-Identifier: MIT
#include "mbpf/helpers/packet.hpp"

#include "mbpf/helpers/with_environment.hpp"

namespace mbpf::helpers {

namespace {

constexpr std::size_t alignment = 8;              // For 64-bit loads of the context.
constexpr std::size_t max_buffer_bytes = 0xffff;  // payload_bytes has 16 bits.
constexpr std::uint32_t flag_payload = 1;         // A payload follows the options.

std::uint32_t shadow_address(std::byte const* at) {
    if constexpr (sizeof(std::uintptr_t) > sizeof(std::uint32_t)) {
        return 0;
    } else {
        return std::uint32_t(address_of(at));
    }
}

bool is_equal(Bytes a, Bytes b) {
    return a.size() == b.size() && __builtin_memcmp(a.data(), b.data(), a.size()) == 0;
}

// Goes through well-formed options. Those that a receiver may leave out are left out.
PacketAnswer::Verdict read_options(Bytes options, PacketAnswer& answer) {
    using Verdict = PacketAnswer::Verdict;
    coap::OptionReader reader{options};
    while (reader.next()) {
        bool const is_format = reader.number() == coap::OptionNumber::ContentFormat;
        if (is_format && (reader.value().size() > 2 || answer.format != coap::Format::None)) {
            return Verdict::FormatMalformed;
        }
        if (is_format) {
            answer.format = coap::Format(reader.integer());
        } else if (coap::is_critical(reader.number())) {
            return Verdict::OptionUnknown;
        }
    }
    return Verdict::Good;
}

}  // namespace

Result<void> Packet::prepare(coap::Code request, Bytes token, Bytes payload) {
    stage_ = Stage::Unready;
    buffer_ = {};
    if (address_of(memory_.data()) % alignment != 0) {
        return Error{Fault::AddressNotAligned, 0,
                     std::uint32_t(address_of(memory_.data()) % alignment), alignment};
    }
    if (token.size() > token_.size()) {
        return Error{Fault::RecordTooLarge, 0, std::uint32_t(token.size()),
                     std::uint32_t(token_.size())};
    }
    std::size_t const head_bytes = coap::header_bytes + token.size() + (payload.empty() ? 0u : 1u);
    std::size_t const used_bytes = fixed_bytes + head_bytes;
    if (!fits(used_bytes, payload.size(), memory_.size()) ||
        !fits(head_bytes, payload.size(), max_buffer_bytes)) {
        return Error{Fault::MemoryTooSmall, 0, std::uint32_t(memory_.size()),
                     std::uint32_t(used_bytes + payload.size())};
    }
    std::size_t const rest = memory_.size() - fixed_bytes;
    buffer_ = memory_.subspan(fixed_bytes, rest < max_buffer_bytes ? rest : max_buffer_bytes);
    __builtin_memset(buffer_.data(), 0, buffer_.size());
    if (!token.empty()) {
        __builtin_memcpy(token_.data(), token.data(), token.size());
    }
    token_bytes_ = std::uint8_t(token.size());
    builder_ = coap::Builder{buffer_};
    builder_.start(coap::Type::Confirmable, request, 0, token);
    builder_.payload(payload);
    store(memory_.data(), PacketContext{address_of(memory_.data() + packet_context_bytes),
                                        address_of(buffer_.data()), buffer_.size()});
    stage_ = Stage::Request;
    show(head_bytes, payload.size(), 0);
    return {};
}

machine::Region Packet::context() const {
    return {address_of(memory_.data()), std::uint32_t(fixed_bytes), machine::Permission::Read};
}

machine::Region Packet::buffer() const {
    return {address_of(buffer_.data()), std::uint32_t(buffer_.size()),
            machine::Permission::ReadWrite};
}

void Packet::show(std::size_t head_bytes, std::size_t payload_bytes, std::size_t options_bytes) {
    head_bytes_ = head_bytes;
    std::byte const* const start = buffer_.data();
    store(memory_.data() + packet_context_bytes,
          PacketShadow{shadow_address(start), shadow_address(start + coap::header_bytes),
                       shadow_address(start + head_bytes), std::uint16_t(payload_bytes),
                       std::uint16_t(options_bytes)});
}

// The payload may take what is left.
void Packet::show_response(std::size_t options_bytes) {
    std::size_t const head_bytes = builder_.bytes().size();
    show(head_bytes, buffer_.size() - head_bytes, options_bytes);
}

std::int32_t Packet::start(std::uint32_t code) {
    bool const is_good =
        stage_ != Stage::Unready && code <= 0xff && coap::is_response(coap::Code(code));
    if (!is_good) {
        return failed;
    }
    builder_ = coap::Builder{buffer_};
    builder_.start(coap::Type::Acknowledgement, coap::Code(code), 0, token());
    stage_ = Stage::Started;
    show_response(0);
    return 0;
}

std::int32_t Packet::add_format(std::uint32_t format) {
    if (stage_ != Stage::Started || format >= std::uint32_t(coap::Format::None)) {
        return failed;
    }
    coap::Builder const before = builder_;
    builder_.option(coap::OptionNumber::ContentFormat, format);
    if (!builder_.is_good()) {
        builder_ = before;
        return failed;
    }
    stage_ = Stage::Formatted;
    std::size_t const bytes = builder_.bytes().size() - before.bytes().size();
    show_response(bytes);
    return std::int32_t(bytes);
}

std::int32_t Packet::finish_options(std::uint32_t flags) {
    if (!takes_options() || flags > flag_payload) {
        return failed;
    }
    coap::Builder const before = builder_;
    std::size_t const options_bytes = before.bytes().size() - coap::header_bytes - token_bytes_;
    if (flags == flag_payload) {
        builder_.marker();
    }
    if (!builder_.is_good()) {
        builder_ = before;
        return failed;
    }
    stage_ = Stage::Finished;
    show_response(options_bytes);
    return std::int32_t(head_bytes_);
}

std::uintptr_t Packet::payload_address() const { return address_of(buffer_.data() + head_bytes_); }

PacketAnswer Packet::result(std::uint64_t bytes) const {
    using Verdict = PacketAnswer::Verdict;
    if (bytes > buffer_.size()) {
        return {Verdict::TooLong};
    }
    coap::Message const message = coap::parse(Bytes{buffer_}.first(std::size_t(bytes)));
    if (message.verdict != coap::Verdict::Good) {
        return {Verdict::Malformed};
    }
    if (!coap::is_response(message.code)) {
        return {Verdict::NotAResponse};
    }
    if (!is_equal(message.token, token())) {
        return {Verdict::OtherToken};
    }
    PacketAnswer answer;
    answer.verdict = read_options(message.options, answer);
    if (answer.verdict != Verdict::Good) {
        return {answer.verdict};
    }
    answer.code = message.code;
    answer.payload = message.payload;
    return answer;
}

}  // namespace mbpf::helpers
