// SPDX-License-Identifier: MIT
// The packet of a run that answers a request as Femto-Containers do it: the program gets a context,
// fills a buffer with the help of four helpers, and returns how many bytes of it are the answer.
//
//   memory of the caller:  | context 24 | shadow 16 | buffer: header, token, options, payload |
//                          '------- read only ------'---------- read and write --------------'
//
// The program may scribble over the buffer at any time, so nothing that is needed later is kept
// there, and result() believes nothing.
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/coap/coap.hpp"
#include "mbpf/machine/machine.hpp"

namespace mbpf::helpers {

// What r1 points to.
struct [[gnu::packed]] PacketContext {
    std::uint64_t shadow{};  // Address of it.
    std::uint64_t buffer{};
    std::uint64_t buffer_bytes{};
};
inline constexpr std::size_t packet_context_bytes = 24;
static_assert(sizeof(PacketContext) == packet_context_bytes);

// As programs know RIOT's coap_pkt_t. Where addresses have 64 bits, its pointers are 0: a program
// that is to run there asks helper 0x43.
struct [[gnu::packed]] PacketShadow {
    std::uint32_t header{};
    std::uint32_t token{};
    std::uint32_t payload{};
    std::uint16_t payload_bytes{};  // Of the request; then how many there is room for.
    std::uint16_t options_bytes{};
};
inline constexpr std::size_t packet_shadow_bytes = 16;
static_assert(sizeof(PacketShadow) == packet_shadow_bytes);

// What a program made of a packet. Views into the buffer, which must stay as it is.
struct PacketAnswer {
    enum class Verdict : std::uint8_t {
        Good,
        TooLong,         // Longer than the buffer; also every negative result.
        Malformed,       // Not what RFC 7252 section 3 calls a message.
        NotAResponse,    // Of another class than 2, 4 and 5; also the request, left as it was.
        OtherToken,      // Not the one of the request.
        OptionUnknown,   // A critical option: nobody here knows what it would mean.
        FormatMalformed  // A Content-Format of more than two bytes, or a second one.
    };

    Verdict verdict{};
    coap::Code code{};
    coap::Format format = coap::Format::None;
    Bytes payload{};
};

class Packet {
public:
    // In front of the buffer.
    static constexpr std::size_t fixed_bytes = packet_context_bytes + packet_shadow_bytes;

    Packet() = default;
    // `memory` starts at a multiple of 8 and stays where it is. At most 65,535 bytes of it become
    // the buffer.
    explicit Packet(WritableBytes memory) : memory_{memory} {}

    // Lays out a request. What the buffer held is gone. Faults: AddressNotAligned, MemoryTooSmall,
    // RecordTooLarge for a token of more than 8 bytes.
    [[nodiscard]] Result<void> prepare(coap::Code request, Bytes token, Bytes payload);

    // What to lend to the program: the context of the run, and one more region.
    [[nodiscard]] machine::Region context() const;
    [[nodiscard]] machine::Region buffer() const;

    // What the program says it wrote: `bytes` is its result.
    [[nodiscard]] PacketAnswer result(std::uint64_t bytes) const;

    // For helpers. Negative: not at this time, not such a value, or no room.
    [[nodiscard]] std::int32_t start(std::uint32_t code);         // 0
    [[nodiscard]] std::int32_t add_format(std::uint32_t format);  // Bytes added
    [[nodiscard]] std::int32_t finish_options(
        std::uint32_t flags);  // Bytes in front of the payload
    [[nodiscard]] std::uintptr_t payload_address() const;

private:
    // A response is written in this order.
    enum class Stage : std::uint8_t { Unready, Request, Started, Formatted, Finished };

    [[nodiscard]] Bytes token() const { return Bytes{token_}.first(token_bytes_); }
    [[nodiscard]] bool takes_options() const {
        return stage_ == Stage::Started || stage_ == Stage::Formatted;
    }
    void show(std::size_t head_bytes, std::size_t payload_bytes, std::size_t options_bytes);
    void show_response(std::size_t options_bytes);

    WritableBytes memory_;
    WritableBytes buffer_;
    coap::Builder builder_{{}};
    std::size_t head_bytes_ = 0;  // In front of the payload.
    std::array<std::byte, coap::max_token_bytes> token_{};
    std::uint8_t token_bytes_ = 0;
    Stage stage_{};
};

}  // namespace mbpf::helpers
