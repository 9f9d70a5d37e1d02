// SPDX-License-Identifier: MIT
// Public keys where they lie: one after the other, or each at the start of a larger record.
#pragma once

#include <span>

#include "mbpf/port/port.hpp"

namespace mbpf::suit {

class Keys {
public:
    Keys() = default;
    // The first of `count`, each `stride_bytes` behind the one before.
    Keys(port::PublicKey const* first, std::size_t count,
         std::size_t stride_bytes = sizeof(port::PublicKey))
        : first_{first}, count_{std::uint32_t(count)}, stride_bytes_{stride_bytes} {}
    template <class Range>
    requires std::convertible_to<Range const&, std::span<port::PublicKey const>> Keys(
        Range const& keys)
        : Keys{std::data(keys), std::size(keys)} {}

    [[nodiscard]] std::uint32_t size() const { return count_; }
    [[nodiscard]] port::PublicKey const& operator[](std::uint32_t index) const {
        std::byte const* const first = first_->data();
        return records<port::PublicKey>({first + index * stride_bytes_, sizeof(port::PublicKey)})
            .front();
    }

private:
    port::PublicKey const* first_ = nullptr;
    std::uint32_t count_ = 0;
    std::size_t stride_bytes_ = 0;
};

}  // namespace mbpf::suit
