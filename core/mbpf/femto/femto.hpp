// SPDX-License-Identifier: MIT
// Door of the interface of Femto-Containers, include/f12r.h, which this layer implements. Depends
// on interpreter; compiling on jit.
#pragma once

#include "mbpf/femto/machine.hpp"
