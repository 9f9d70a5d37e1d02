/* SPDX-License-Identifier: MIT */
#pragma once

/**
 * @file
 * @brief   An Arm MPS2 board as QEMU has it
 */

#include "cpu.h"
