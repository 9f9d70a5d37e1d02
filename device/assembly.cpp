// SPDX-License-Identifier: MIT
#include "device/assembly.hpp"

namespace mbpf::device {

namespace {

suit::Uuid uuid_of(std::array<std::uint8_t, 16> const& bytes) {
    suit::Uuid uuid;
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        uuid[i] = std::byte(bytes[i]);
    }
    return uuid;
}

}  // namespace

suit::Identity identity_of(std::array<std::uint8_t, 16> const& device_class,
                           suit::Uuid const& device) {
    return {uuid_of(vendor_id), uuid_of(device_class), device};
}

std::optional<suit::Uuid> parse_id(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    suit::Uuid id{};
    if (text.size() != 2 * id.size()) {
        return {};
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::size_t const digit = digits.find(text[i]);
        if (digit == std::string_view::npos) {
            return {};
        }
        id[i / 2] = id[i / 2] << 4 | std::byte(digit);
    }
    return id;
}

Result<void> Device::start() {
    Result<void> const mounted = storage_.mount(parts_.flash, flash_layout);
    if (mounted.has_value()) {
        runtime_.start();
    }
    return mounted;
}

std::uint64_t Device::poll() {
    std::uint64_t const runtime_us = runtime_.poll();
    std::uint64_t const agent_us = std::uint64_t{agent_.poll()} * 1000;
    return agent_us < runtime_us ? agent_us : runtime_us;
}

}  // namespace mbpf::device
