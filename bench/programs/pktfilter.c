// SPDX-License-Identifier: MIT
/* classic packet filter: Ethernet/IPv4/UDP port and prefix match with bounds checks */
#include "prog.h"
INL uint32_t be16(const uint8_t* p) { return (uint32_t)p[0] << 8 | p[1]; }
uint32_t pktfilter(struct ctx* c) {
    const uint8_t* p = c->data;
    uint32_t n = c->n;
    if (n < 14 + 20 + 8)
        return 0;
    if (be16(p + 12) != 0x0800)
        return 0;
    p += 14;
    if ((p[0] >> 4) != 4)
        return 0;
    uint32_t ihl = (p[0] & 15) * 4;
    if (ihl < 20 || n < 14 + ihl + 8)
        return 0;
    if (p[9] != 17)
        return 0;
    if (be16(p + 6) & 0x1fff)
        return 0;
    if (p[12] != 10 || p[13] != 1)
        return 0;
    uint32_t sum = 0;
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < 20; i += 2)
        sum += be16(p + i);
    sum = (sum & 0xffff) + (sum >> 16);
    if (sum != 0xffff)
        return 2;
    const uint8_t* u = p + ihl;
    uint32_t dp = be16(u + 2);
    if (dp == 5683 || dp == 5684)
        return 1;
    return 3;
}
