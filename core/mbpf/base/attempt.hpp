// SPDX-License-Identifier: MIT
// The first error of many steps. Behind it every step yields an empty value, so that a decoder
// reads straight on and asks once, at the latest where it loops.
#pragma once

#include <utility>

#include "mbpf/base/result.hpp"

namespace mbpf {

class Attempt {
public:
    // Only the first counts. Out of line: there are many callers.
    [[gnu::noinline]] void refuse(Error const& error) {
        if (!has_failed()) {
            error_ = error;
        }
    }
    [[gnu::noinline]] void refuse(Fault fault, std::uint32_t where, std::uint32_t found,
                                  std::uint32_t allowed) {
        refuse(Error{fault, where, found, allowed});
    }
    [[gnu::noinline]] void refuse(Fault fault, std::uint32_t where = 0, std::uint32_t found = 0) {
        refuse(fault, where, found, 0);
    }
    [[gnu::always_inline]] void require(bool is_good, Fault fault, std::uint32_t where = 0,
                                        std::uint32_t found = 0) {
        if (!is_good) {
            refuse(fault, where, found);
        }
    }
    void pass(Result<void> const& step) {
        if (!step.has_value()) {
            refuse(step.error());
        }
    }

    void forget() { error_.fault = Fault::None; }

    [[nodiscard]] bool has_failed() const { return error_.fault != Fault::None; }
    [[nodiscard]] Error const& error() const { return error_; }
    [[nodiscard]] Result<void> result() const {
        return has_failed() ? Result<void>{error_} : Result<void>{};
    }

private:
    Error error_;
};

// How an attempt of one step went.
template <class Step>
[[nodiscard]] auto result_of(Step step) -> Result<decltype(step(std::declval<Attempt&>()))> {
    Attempt attempt;
    auto const value = step(attempt);
    if (attempt.has_failed()) {
        return attempt.error();
    }
    return value;
}

}  // namespace mbpf
