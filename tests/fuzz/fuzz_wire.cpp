// SPDX-License-Identifier: MIT
// Any bytes as a request, a reply and the headers of a batch. What decodes encodes again, in
// exactly the memory that it says, to the same message but for its padding.
#include "runner/wire.hpp"
#include "tests/fuzz/opened.hpp"

namespace mbpf::fuzz {
namespace {

// Of the bytes of a message that are not padding, and that its encoder writes.
bool is_same_message(Bytes a, Bytes b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.begin() + runner::fixed_request_bytes, b.begin());
}

void require_equal(runner::Request const& a, runner::Request const& b) {
    require(std::ranges::equal(a.program, b.program));
    require(std::ranges::equal(a.context, b.context));
    require(a.entry == b.entry && a.format == b.format && a.suite == b.suite);
    require(a.bytecode == b.bytecode && a.engine == b.engine && a.wants == b.wants);
    require(a.budget.instructions == b.budget.instructions);
    require(a.policy.max_call_depth == b.policy.max_call_depth);
    require(a.policy.max_stack_bytes == b.policy.max_stack_bytes);
}

void require_equal(runner::Reply const& a, runner::Reply const& b) {
    require(std::ranges::equal(a.context, b.context));
    require(std::ranges::equal(a.maps, b.maps));
    require(a.output == b.output && a.status == b.status && a.error == b.error);
    require(a.outcome.result == b.outcome.result);
}

// `decode` and `encode` of one kind of message.
template <class Decode, class Measure, class Encode>
void round_trip(Bytes input, Decode decode, Measure measure, Encode encode) {
    auto const message = decode(input);
    if (!message.has_value()) {
        require(message.error().fault != Fault::None);
        require(message.error().where <= input.size());
        return;
    }
    std::size_t const bytes = measure(*message);
    Input less{std::vector<std::byte>(bytes - 1)};
    require(encode(*message, less.writable()) == 0);
    Input again{std::vector<std::byte>(bytes, std::byte{0xa5})};
    require(encode(*message, again.writable()) == bytes);
    require(is_same_message(input, again.bytes()));
    auto const twice = decode(again.bytes());
    require(twice.has_value());
    require_equal(*message, *twice);
}

void check_headers(Bytes input) {
    if (input.size() < runner::batch_header_bytes) {
        require(!runner::decode_batch_header(input).has_value());
        require(!runner::decode_message_header(input).has_value());
        return;
    }
    Input const header{input.first(runner::batch_header_bytes)};
    Input again{header.bytes()};
    if (Result<std::uint32_t> const count = runner::decode_batch_header(header.bytes());
        count.has_value()) {
        require(runner::encode_batch_header(*count, again.writable()) == again.bytes().size());
        require(std::ranges::equal(header.bytes(), again.bytes()));
    }
    if (Result<std::uint32_t> const bytes = runner::decode_message_header(header.bytes());
        bytes.has_value()) {
        require(runner::encode_message_header(*bytes, again.writable()) == again.bytes().size());
        require(std::ranges::equal(header.bytes(), again.bytes()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    Input const input{data, size};
    round_trip(input.bytes(), runner::decode_request, runner::request_bytes,
               runner::encode_request);
    round_trip(input.bytes(), runner::decode_reply, runner::reply_bytes, runner::encode_reply);
    check_headers(input.bytes());
    return 0;
}

}  // namespace mbpf::fuzz
