/* SPDX-License-Identifier: MIT */

#include "board.h"
