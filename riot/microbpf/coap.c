/* SPDX-License-Identifier: MIT */

/**
 * @ingroup     sys_microbpf
 * @{
 *
 * @file
 * @brief       The agent on RIOT's network: what `mbpf deploy --device coap://[...]` talks to
 *
 * RIOT's thread for the network takes datagrams; they are handled in the thread of the containers,
 * which has a lower priority, between the pieces of time that programs get.
 */

#include <string.h>

#include "cose.h"
#include "cose/crypto.h"
#include "log.h"
#include "luid.h"
#include "microbpf.h"
#include "net/ipv6/addr.h"
#include "net/sock/async/event.h"
#include "net/sock/udp.h"
#include "uuid.h"

/* Where the number of the interface is in an address of a link (as BSD does it). */
#define ZONE_AT     (2U)

static sock_udp_t _sock;
static mbpf_device_t *_device;
static uint8_t _datagram[CONFIG_MICROBPF_COAP_BUFFER_SIZE];

static bool _is_of_link(const uint8_t *address)
{
    return address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

static mbpf_peer_t _peer_of(const sock_udp_ep_t *remote)
{
    mbpf_peer_t peer = { .port = remote->port, .address_bytes = sizeof(remote->addr.ipv6) };

    memcpy(peer.address, remote->addr.ipv6, sizeof(remote->addr.ipv6));
    if (_is_of_link(peer.address)) {
        peer.address[ZONE_AT] = remote->netif >> 8;
        peer.address[ZONE_AT + 1] = remote->netif & 0xff;
    }
    return peer;
}

static void _send(void *context, const mbpf_peer_t *to, const void *datagram, size_t bytes)
{
    (void)context;
    sock_udp_ep_t remote = { .family = AF_INET6, .port = to->port };

    memcpy(remote.addr.ipv6, to->address, sizeof(remote.addr.ipv6));
    if (_is_of_link(to->address)) {
        remote.netif = to->address[ZONE_AT] << 8 | to->address[ZONE_AT + 1];
        memset(&remote.addr.ipv6[ZONE_AT], 0, 2);
    }
    ssize_t sent = sock_udp_send(&_sock, datagram, bytes, &remote);
    if (sent < 0) {
        LOG_DEBUG("microbpf: datagram lost: %d\n", (int)sent);
    }
}

static void _on_datagram(sock_udp_t *sock, sock_async_flags_t flags, void *arg)
{
    (void)arg;
    sock_udp_ep_t remote;
    ssize_t bytes = 0;

    if (!(flags & SOCK_ASYNC_MSG_RECV)) {
        return;
    }
    while ((bytes = sock_udp_recv(sock, _datagram, sizeof(_datagram), 0, &remote)) >= 0) {
        mbpf_peer_t peer = _peer_of(&remote);
        mbpf_device_receive(_device, &peer, _datagram, (size_t)bytes);
    }
}

static int _verify(const uint8_t key[MBPF_KEY_BYTES], const uint8_t *message, size_t bytes,
                   const uint8_t signature[MBPF_SIGNATURE_BYTES])
{
    cose_key_t ed25519;

    cose_key_init(&ed25519);
    cose_key_set_keys(&ed25519, COSE_EC_CURVE_ED25519, COSE_ALGO_EDDSA, (uint8_t *)key, NULL,
                      NULL);
    return cose_crypto_verify_ed25519(&ed25519, signature, MBPF_SIGNATURE_BYTES,
                                      (uint8_t *)message, bytes) == 0;
}

void microbpf_coap_configure(mbpf_device_config_t *config)
{
    uuid_t vendor;
    uuid_t board;

    uuid_v5(&vendor, &uuid_namespace_dns, (const uint8_t *)CONFIG_MICROBPF_VENDOR,
            strlen(CONFIG_MICROBPF_VENDOR));
    uuid_v5(&board, &vendor, (const uint8_t *)RIOT_BOARD, strlen(RIOT_BOARD));
    memcpy(config->vendor, &vendor, sizeof(config->vendor));
    memcpy(config->board_class, &board, sizeof(config->board_class));
    luid_base(config->id, sizeof(config->id));
    config->crypto.verify = _verify;
    config->send = _send;
}

void microbpf_coap_start(mbpf_device_t *device)
{
    sock_udp_ep_t local = SOCK_IPV6_EP_ANY;

    _device = device;
    local.port = CONFIG_MICROBPF_COAP_PORT;
    if (sock_udp_create(&_sock, &local, NULL, 0) < 0) {
        LOG_ERROR("microbpf: port %u cannot be used\n", CONFIG_MICROBPF_COAP_PORT);
        return;
    }
    sock_udp_event_init(&_sock, &microbpf_queue, _on_datagram, NULL);
}

/** @} */
