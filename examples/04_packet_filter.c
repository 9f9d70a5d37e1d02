// SPDX-License-Identifier: MIT
// What BPF was made for: looks at a packet and says whether the device wants it. Every field is
// read byte by byte from a buffer that an attacker may have filled; a read behind its end would
// stop this program and nothing else.
//
// Context: an Ethernet frame. Result: 1 if it carries CoAP over UDP over IPv4, otherwise 0.
//
// context: 02 00 00 00 00 01  02 00 00 00 00 02  08 00
// context: 45 00 00 20 00 00 00 00 40 11 00 00 c0 00 02 01 c0 00 02 02
// context: c3 50 16 33 00 0c 00 00  40 01 00 01
// grant: none
// expect: 1

#include "mbpf.h"

enum {
    ethernet_header_bytes = 14,
    ether_type_ipv4 = 0x0800,
    protocol_udp = 17,
    coap_port = 5683,
    shortest_ipv4_header_bytes = 20,
};

static uint32_t big_endian16(uint8_t const* at) {
    return (uint32_t)at[0] << 8 | at[1];
}

uint64_t packet_filter(uint8_t const* frame, uint64_t bytes) {
    if (bytes < ethernet_header_bytes + shortest_ipv4_header_bytes) {
        return 0;
    }
    if (big_endian16(frame + 12) != ether_type_ipv4) {
        return 0;
    }
    uint8_t const* ip = frame + ethernet_header_bytes;
    uint32_t ip_header_bytes = (ip[0] & 15u) * 4;
    if (ip[0] >> 4 != 4 || ip_header_bytes < shortest_ipv4_header_bytes || ip[9] != protocol_udp) {
        return 0;
    }
    if (bytes < ethernet_header_bytes + ip_header_bytes + 4) {
        return 0;
    }
    return big_endian16(ip + ip_header_bytes + 2) == coap_port;
}
