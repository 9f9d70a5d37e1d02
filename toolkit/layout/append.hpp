// SPDX-License-Identifier: MIT
// Little-endian records appended to a file that is being made.
#pragma once

#include <cstddef>
#include <type_traits>
#include <vector>

#include "mbpf/base/base.hpp"

namespace mbpf::toolkit::layout {

template <class T>
void append(std::vector<std::byte>& file, T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::size_t const at = file.size();
    file.resize(at + sizeof value);
    store(file.data() + at, value);
}

inline void append_bytes(std::vector<std::byte>& file, Bytes bytes) {
    file.insert(file.end(), bytes.begin(), bytes.end());
}

inline void pad_to(std::vector<std::byte>& file, std::size_t multiple) {
    file.resize(align_up(file.size(), multiple));
}

}  // namespace mbpf::toolkit::layout
