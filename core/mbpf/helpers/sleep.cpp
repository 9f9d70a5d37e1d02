// SPDX-License-Identifier: MIT
#include "mbpf/helpers/sleep.hpp"

#include "mbpf/helpers/with_environment.hpp"

namespace mbpf::helpers {

std::int32_t wake_periodically(machine::Instance& instance, std::byte* last,
                               std::uint32_t period_us) {
    return with_environment(instance, [&](Environment& environment) -> std::int32_t {
        bool const can_sleep = environment.sleep_until != nullptr && environment.now_us != nullptr;
        // The signature can promise only that it may be written.
        if (!can_sleep || !instance.may_read(address_of(last), sizeof(std::uint32_t))) {
            instance.fail_helper();
            return failed;
        }
        std::uint64_t const now = environment.now_us();
        std::uint32_t const wanted = load<std::uint32_t>(last) + period_us;
        std::uint32_t const rest = wanted - std::uint32_t(now);
        if (rest > period_us) {  // It is behind us: the clock wraps, so it looks far ahead.
            store(last, std::uint32_t(now));
            return 0;
        }
        store(last, wanted);
        environment.sleep_until(instance, now + rest);
        return 0;
    });
}

}  // namespace mbpf::helpers
