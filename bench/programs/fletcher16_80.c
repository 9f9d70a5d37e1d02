// SPDX-License-Identifier: MIT
#include "fletcher16.inc"
F16(80)
