// SPDX-License-Identifier: MIT
// lwIP's questions about the compiler: what it assumes of GCC is right.
#ifndef MBPF_FIRMWARE_NETWORK_ARCH_CC_H
#define MBPF_FIRMWARE_NETWORK_ARCH_CC_H

#define LWIP_NO_UNISTD_H 1
#define LWIP_NO_CTYPE_H 1
#define LWIP_PLATFORM_DIAG(message) (void)0
#define LWIP_PLATFORM_ASSERT(message) (void)0

#endif
