// SPDX-License-Identifier: MIT
#include "mbpf/helpers/reply.hpp"

#include "mbpf/coap/coap.hpp"
#include "mbpf/helpers/with_environment.hpp"

namespace mbpf::helpers {

std::int32_t answer(machine::Instance& instance, std::uint32_t code, std::uint32_t format,
                    void const* payload, std::uint32_t bytes) {
    return with_environment(instance, [&](Environment& environment) -> std::int32_t {
        Reply* const reply = environment.reply;
        bool const is_good = reply != nullptr && code <= 0xff &&
                             coap::is_response(coap::Code(code)) && format <= 0xffff &&
                             bytes <= reply->room.size();
        if (!is_good) {
            return failed;
        }
        if (bytes != 0) {
            __builtin_memmove(reply->room.data(), payload, bytes);
        }
        reply->bytes = bytes;
        reply->format = std::uint16_t(format);
        reply->code = std::uint8_t(code);
        return 0;
    });
}

}  // namespace mbpf::helpers
