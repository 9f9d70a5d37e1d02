# SPDX-License-Identifier: MIT
"""Ethernet frames by hand: ARP, IPv4, ICMP echo and UDP, enough to talk to a device without a stack
in between, and to send it what no stack would."""

import socket
import struct

DEVICE_MAC = bytes.fromhex("525400123456")  # What QEMU calls its first controller.
OUR_MAC = bytes.fromhex("020000000009")
DEVICE, OURS = socket.inet_aton("10.0.2.15"), socket.inet_aton("10.0.2.9")
IPV4, ARP = 0x0800, 0x0806
ICMP, UDP = 1, 17


def checksum(data: bytes) -> int:
    """RFC 1071."""
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ethernet(kind: int, payload: bytes, to: bytes = DEVICE_MAC) -> bytes:
    return (to + OUR_MAC + struct.pack("!H", kind) + payload).ljust(60, b"\0")


def arp_request() -> bytes:
    payload = struct.pack("!HHBBH", 1, IPV4, 6, 4, 1) + OUR_MAC + OURS + bytes(6) + DEVICE
    return ethernet(ARP, payload, b"\xff" * 6)


def arp_reply() -> bytes:
    payload = struct.pack("!HHBBH", 1, IPV4, 6, 4, 2) + OUR_MAC + OURS + DEVICE_MAC + DEVICE
    return ethernet(ARP, payload)


def ipv4(protocol: int, payload: bytes, fragment: int = 0) -> bytes:
    def header(total: int) -> bytes:
        return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 1, fragment, 64, protocol,
                           total) + OURS + DEVICE
    return ethernet(IPV4, header(checksum(header(0))) + payload)


def ping(data: bytes) -> bytes:
    def message(total: int) -> bytes:
        return struct.pack("!BBHHH", 8, 0, total, 1, 1) + data
    return ipv4(ICMP, message(checksum(message(0))))


def udp(port: int, data: bytes, wrong: int = 0, fragment: int = 0) -> bytes:
    """`wrong` is added to the checksum."""
    size = 8 + len(data)
    pseudo = OURS + DEVICE + struct.pack("!BBH", 0, UDP, size)
    head = struct.pack("!HHH", 4000, port, size)
    total = (checksum(pseudo + head + bytes(2) + data) + wrong) & 0xffff
    return ipv4(UDP, head + struct.pack("!H", total) + data, fragment)
