// SPDX-License-Identifier: MIT
// Door of the base layer: vocabulary every other layer speaks. Depends on nothing but the
// freestanding part of the C++20 library.
#pragma once

#include "mbpf/base/attempt.hpp"
#include "mbpf/base/bytes.hpp"
#include "mbpf/base/fault.hpp"
#include "mbpf/base/result.hpp"
#include "mbpf/base/units.hpp"
