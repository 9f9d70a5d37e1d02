// SPDX-License-Identifier: MIT
#include "firmware/network/udp.hpp"

#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/pbuf.h>
#include <lwip/timeouts.h>
#include <lwip/udp.h>

#include "firmware/clock.hpp"
#include "firmware/network/lan9118.hpp"

// lwIP asks for milliseconds, which may wrap.
extern "C" u32_t sys_now() { return u32_t(mbpf::firmware::now_us() / 1000); }

namespace mbpf::firmware {

namespace {

static_assert(ETH_PAD_SIZE == lan9118::frame_offset_bytes);
static_assert(PBUF_POOL_BUFSIZE >= 4 * lan9118::max_frame_words);

constexpr unsigned max_frames_a_poll = 16;
constexpr std::uint16_t max_unit_bytes = 1500;

netif interface;

ip4_addr_t to_lwip(std::uint32_t address) { return {lwip_htonl(address)}; }

// `packet` starts with the padding before the frame.
err_t send_frame(netif*, pbuf* packet) {
    static std::uint32_t words[lan9118::max_frame_words];
    if (packet->tot_len > sizeof words ||
        pbuf_copy_partial(packet, words, packet->tot_len, 0) != packet->tot_len) {
        return ERR_BUF;
    }
    return lan9118::transmit(words, packet->tot_len - lan9118::frame_offset_bytes) ? ERR_OK
                                                                                   : ERR_MEM;
}

err_t set_up(netif* self) {
    lan9118::MacAddress const mac = lan9118::mac_address();
    self->name[0] = 'e';
    self->name[1] = 'n';
    self->hwaddr_len = mac.size();
    __builtin_memcpy(self->hwaddr, mac.data(), mac.size());
    self->mtu = max_unit_bytes;
    self->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
    self->output = etharp_output;
    self->linkoutput = send_frame;
    return ERR_OK;
}

// Without a free buffer the frame stays in the controller.
bool take_in_frame() {
    pbuf* const packet = pbuf_alloc(PBUF_RAW, 4 * lan9118::max_frame_words, PBUF_POOL);
    if (packet == nullptr) {
        return false;
    }
    std::size_t const bytes =
        lan9118::receive({static_cast<std::uint32_t*>(packet->payload), lan9118::max_frame_words});
    if (bytes == 0) {
        pbuf_free(packet);
        return true;
    }
    pbuf_realloc(packet, u16_t(lan9118::frame_offset_bytes + bytes));
    if (interface.input(packet, &interface) != ERR_OK) {
        pbuf_free(packet);
    }
    return true;
}

void receive_datagram(void* argument, udp_pcb*, pbuf* packet, ip_addr_t const* from, u16_t port) {
    if (packet->next == nullptr) {  // A frame is in one buffer.
        static_cast<Udp const*>(argument)->deliver(
            {lwip_ntohl(from->addr), port},
            {static_cast<std::byte const*>(packet->payload), packet->len});
    }
    pbuf_free(packet);
}

}  // namespace

bool start_network(NetworkAddresses const& addresses) {
    if (!lan9118::start()) {
        return false;
    }
    lwip_init();
    ip4_addr_t const own = to_lwip(addresses.own);
    ip4_addr_t const mask = to_lwip(addresses.mask);
    ip4_addr_t const gateway = to_lwip(addresses.gateway);
    if (netif_add(&interface, &own, &mask, &gateway, nullptr, set_up, netif_input) == nullptr) {
        return false;
    }
    netif_set_default(&interface);
    netif_set_up(&interface);
    netif_set_link_up(&interface);
    return true;
}

bool Udp::open(std::uint16_t port, Receive receive, void* context) {
    udp_pcb* const socket = udp_new();
    if (socket == nullptr) {
        return false;
    }
    if (udp_bind(socket, IP4_ADDR_ANY, port) != ERR_OK) {
        udp_remove(socket);
        return false;
    }
    receive_ = receive;
    context_ = context;
    socket_ = socket;
    udp_recv(socket, receive_datagram, this);
    return true;
}

void Udp::poll() {
    bool goes_on = true;
    for (unsigned i = 0; i < max_frames_a_poll && goes_on; ++i) {
        goes_on = lan9118::has_frame() && take_in_frame();
    }
    if (lan9118::has_frame()) {
        wake();  // What is left must not wait for the next frame.
    } else {
        lan9118::wake_on_frame();
    }
    sys_check_timeouts();
}

bool Udp::send(Peer const& peer, Bytes datagram) {
    if (socket_ == nullptr || datagram.size() > max_datagram_bytes) {
        return false;
    }
    pbuf* const packet = pbuf_alloc(PBUF_TRANSPORT, u16_t(datagram.size()), PBUF_REF);
    if (packet == nullptr) {
        return false;
    }
    packet->payload = const_cast<std::byte*>(datagram.data());  // lwIP only reads what it sends.
    ip_addr_t const to = to_lwip(peer.address);
    err_t const error = udp_sendto(static_cast<udp_pcb*>(socket_), packet, &to, peer.port);
    pbuf_free(packet);
    return error == ERR_OK;
}

}  // namespace mbpf::firmware
