// SPDX-License-Identifier: MIT
// A program that fills its packet with anything, calls the helpers in any order, and returns any
// length. What is believed holds; nothing is read or written outside.
//
// Input: bytes of the token, u8; steps, 2 bits each, u16; flags, u8; the length, u64; token;
// contents.
#include "mbpf/helpers/helpers.hpp"
#include "tests/fuzz/opened.hpp"

namespace mbpf::fuzz {
namespace {

constexpr std::size_t head_bytes = 12;

void take_step(helpers::Packet& packet, std::uint32_t step, std::uint32_t value) {
    machine::Region const buffer = packet.buffer();
    std::int32_t result = 0;
    switch (step & 3) {
        case 0: result = packet.start(value & 0xff); break;
        case 1: result = packet.add_format(value); break;
        case 2: result = packet.finish_options(value & 3); break;
        default: break;
    }
    require(result >= -1 && result <= std::int32_t(buffer.bytes));
    std::uintptr_t const payload = packet.payload_address();
    require(payload >= buffer.base && payload - buffer.base <= buffer.bytes);
}

// What a receiver may rely on.
void check(helpers::PacketAnswer const& answer, Bytes buffer, std::uint64_t bytes, Bytes token) {
    if (answer.verdict != helpers::PacketAnswer::Verdict::Good) {
        require(answer.payload.empty() && answer.code == coap::Code::Empty);
        return;
    }
    require(bytes <= buffer.size() && coap::is_response(answer.code));
    require(bytes >= coap::header_bytes + token.size() + answer.payload.size());
    require(std::ranges::equal(buffer.subspan(coap::header_bytes, token.size()), token));
    require(std::uint8_t(buffer[1]) == std::uint8_t(answer.code));
    if (!answer.payload.empty()) {
        require(answer.payload.data() + answer.payload.size() == buffer.data() + bytes);
        require(answer.payload.data()[-1] == std::byte{0xff});
    }
}

int run_packet(Bytes input) {
    if (input.size() < head_bytes) {
        return 0;
    }
    std::size_t const token_bytes = std::size_t(input[0]) % 10;
    auto const steps = load<std::uint16_t>(input, 1);
    auto const bytes = load<std::uint64_t>(input, 4);
    Bytes const rest = input.subspan(head_bytes);
    Input const token{rest.first(std::min(token_bytes, rest.size()))};
    Bytes const contents = rest.subspan(token.bytes().size());

    std::size_t const room = helpers::Packet::fixed_bytes + contents.size();
    Input memory{std::vector<std::byte>(room)};
    helpers::Packet packet{memory.writable()};
    if (!packet.prepare(coap::Code::Get, token.bytes(), {}).has_value()) {
        require(token_bytes > coap::max_token_bytes ||
                contents.size() < coap::header_bytes + token.bytes().size());
        return 0;
    }
    WritableBytes const buffer = memory.writable().subspan(helpers::Packet::fixed_bytes);
    check(packet.result(bytes), buffer, bytes, token.bytes());
    // Steps and scribbling, in either order.
    bool const is_scribbled_first = (std::uint8_t(input[3]) & 1) != 0;
    for (std::uint32_t turn = 0; turn < 2; ++turn) {
        if ((turn == 0) == is_scribbled_first) {
            std::ranges::copy(contents, buffer.begin());
        } else {
            for (std::uint32_t i = 0; i < 8; ++i) {
                take_step(packet, steps >> (2 * i), load<std::uint32_t>(input, 4 + i % 4));
            }
        }
        check(packet.result(bytes), buffer, bytes, token.bytes());
        check(packet.result(bytes % (buffer.size() + 2)), buffer, bytes % (buffer.size() + 2),
              token.bytes());
    }
    return 0;
}

}  // namespace
}  // namespace mbpf::fuzz

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return mbpf::fuzz::run_packet(mbpf::fuzz::Input{data, size}.bytes());
}
