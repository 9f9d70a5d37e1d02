// SPDX-License-Identifier: MIT
// What of lwIP is built: UDP over IPv4 and Ethernet, called from one place, out of pools whose
// sizes are known here. Nothing is taken apart or put together: a datagram fits into a frame.
#ifndef MBPF_FIRMWARE_NETWORK_LWIPOPTS_H
#define MBPF_FIRMWARE_NETWORK_LWIPOPTS_H

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_STATS 0
#define LWIP_NOASSERT 1

#define LWIP_IPV4 1
#define LWIP_IPV6 0
#define LWIP_ARP 1
#define LWIP_ICMP 1
#define LWIP_RAW 0
#define LWIP_UDP 1
#define LWIP_TCP 0
#define LWIP_DHCP 0
#define LWIP_AUTOIP 0
#define LWIP_DNS 0
#define LWIP_IGMP 0
#define IP_REASSEMBLY 0
#define IP_FRAG 0
#define IP_FORWARD 0

// A frame lies two bytes into its buffer: then everything behind the Ethernet header is 4-aligned.
#define ETH_PAD_SIZE 2
#define MEM_ALIGNMENT 4

// One frame is taken in at a time; the others wait in the controller. The heap holds headers of
// what is sent, and what waits for the answer of the address resolution.
#define PBUF_POOL_SIZE 3
#define PBUF_POOL_BUFSIZE 1536
#define MEM_SIZE 4096
#define MEMP_NUM_PBUF 4
#define MEMP_NUM_UDP_PCB 2
#define MEMP_NUM_SYS_TIMEOUT 2
#define ARP_TABLE_SIZE 8
#define ARP_QUEUEING 0

#endif
