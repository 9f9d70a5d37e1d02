// SPDX-License-Identifier: MIT
// What a handler answers. It writes the whole representation from the start, every time: the reply
// keeps only the block that was asked for, and a hash by which the client sees that all its blocks
// are of one representation. So a handler has no state, and any length needs one block of RAM.
#pragma once

#include <optional>
#include <string_view>

#include "mbpf/base/base.hpp"
#include "mbpf/coap/block.hpp"
#include "mbpf/coap/code.hpp"

namespace mbpf::coap {

// Done: the reply is complete. Continue: this block of an upload is taken, send the next.
// Deferred: Server::complete() will say; what has been put is dropped.
enum class Outcome : std::uint8_t { Done, Continue, Deferred };

class Reply {
public:
    // `window` keeps the bytes that start at `offset_bytes`.
    Reply(WritableBytes window, std::uint32_t offset_bytes)
        : window_{window}, offset_{offset_bytes} {}

    Code code = Code::Content;
    Format content_format = Format::None;
    std::optional<std::uint32_t> max_age_seconds;

    void put(Bytes bytes) { put(bytes.data(), bytes.size()); }
    void put(std::string_view text) { put(text.data(), text.size()); }
    void put(char character) { put(&character, 1); }
    void put_decimal(std::uint32_t number);
    // Drops what has been put.
    void refuse(Code error, std::string_view diagnostic);
    // changed(resource_key) tells that this representation is no longer true.
    void observable(std::uint32_t resource_key) { resource_key_ = resource_key; }

    [[nodiscard]] std::uint32_t size_bytes() const { return total_; }
    [[nodiscard]] std::uint32_t etag() const { return hash_; }
    [[nodiscard]] std::optional<std::uint32_t> resource_key() const { return resource_key_; }
    // The bytes in the window, whether more follow, whether it lies behind them all.
    [[nodiscard]] Bytes body() const;
    [[nodiscard]] bool has_more() const { return total_ > offset_ && rest() > window_.size(); }
    [[nodiscard]] bool is_beyond() const { return offset_ != 0 && offset_ >= total_; }

private:
    static constexpr std::uint32_t hash_start = 0x811c'9dc5;  // FNV-1a of 32 bits.
    static constexpr std::uint32_t hash_factor = 0x0100'0193;

    void put(void const* bytes, std::size_t size);
    [[nodiscard]] std::uint32_t rest() const { return total_ - offset_; }

    WritableBytes window_;
    std::uint32_t offset_;
    std::uint32_t total_ = 0;
    std::uint32_t hash_ = hash_start;
    std::optional<std::uint32_t> resource_key_;
};

}  // namespace mbpf::coap
