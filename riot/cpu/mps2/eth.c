/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <string.h>

#include "auto_init_utils.h"
#include "cpu.h"
#include "iolist.h"
#include "mps2_eth.h"
#include "net/ethernet.h"
#include "net/gnrc/netif.h"
#include "net/gnrc/netif/ethernet.h"
#include "net/netdev/eth.h"
#include "periph_conf.h"

#define REG(offset)         (*(volatile uint32_t *)(MPS2_ETH + (offset)))
#define RX_DATA_FIFO        REG(0x00)
#define TX_DATA_FIFO        REG(0x20)
#define RX_STATUS_FIFO      REG(0x40)
#define RX_STATUS_PEEK      REG(0x44)
#define TX_STATUS_FIFO      REG(0x48)
#define IRQ_CFG             REG(0x54)
#define INT_STS             REG(0x58)
#define INT_EN              REG(0x5c)
#define BYTE_TEST           REG(0x64)
#define FIFO_INT            REG(0x68)
#define RX_CFG              REG(0x6c)
#define TX_CFG              REG(0x70)
#define HW_CFG              REG(0x74)
#define RX_FIFO_INF         REG(0x7c)
#define TX_FIFO_INF         REG(0x80)
#define MAC_CSR_CMD         REG(0xa4)
#define MAC_CSR_DATA        REG(0xa8)

#define MAC_CR              (1U)
#define MAC_ADDRH           (2U)
#define MAC_ADDRL           (3U)

#define CSR_BUSY            (1U << 31)
#define CSR_READ            (1U << 30)
#define HW_CFG_RESET        (1U << 0)
#define HW_CFG_MBO_TX_5KB   (1U << 20 | 5U << 16)
#define IRQ_CFG_ON          (1U << 8 | 1U << 4 | 1U << 0)
#define FIFO_INT_ANY_RX     (0x48000000U)
#define INT_RX              (1U << 3)
#define TX_CFG_ON           (1U << 1)
#define MAC_CR_ON           (1U << 20 | 1U << 19 | 1U << 3 | 1U << 2)
#define TX_SINGLE_SEGMENT   (1U << 13 | 1U << 12)
#define RX_STATUS_ERROR     (1U << 15)
#define FCS_BYTES           (4U)
#define WAITS               (100000U)

static mps2_eth_t _dev;
static gnrc_netif_t _netif;
static char _stack[THREAD_STACKSIZE_DEFAULT];
static uint32_t _frame[(ETHERNET_FRAME_LEN + 3) / 4];

static void _wait_for_mac(void)
{
    for (unsigned i = 0; i < WAITS && (MAC_CSR_CMD & CSR_BUSY); i++) {}
}

static uint32_t _read_mac(uint32_t reg)
{
    MAC_CSR_CMD = CSR_BUSY | CSR_READ | reg;
    _wait_for_mac();
    return MAC_CSR_DATA;
}

static void _write_mac(uint32_t reg, uint32_t value)
{
    MAC_CSR_DATA = value;
    MAC_CSR_CMD = CSR_BUSY | reg;
    _wait_for_mac();
}

static bool _has_frame(void)
{
    return RX_FIFO_INF >> 16 & 0xff;
}

static void _wake_on_frame(void)
{
    INT_STS = INT_RX;
    INT_EN = INT_RX;
}

static int _init(netdev_t *netdev)
{
    HW_CFG = HW_CFG_RESET;
    for (unsigned i = 0; i < WAITS && (HW_CFG & HW_CFG_RESET); i++) {}
    if (BYTE_TEST != 0x87654321U) {
        return -ENODEV;
    }
    HW_CFG = HW_CFG_MBO_TX_5KB;
    FIFO_INT = FIFO_INT_ANY_RX;
    RX_CFG = 0;
    TX_CFG = TX_CFG_ON;
    INT_EN = 0;
    INT_STS = 0xffffffff;
    IRQ_CFG = IRQ_CFG_ON;
    _write_mac(MAC_CR, MAC_CR_ON);
    NVIC_EnableIRQ(ETHERNET_IRQn);
    _wake_on_frame();
    netdev->event_callback(netdev, NETDEV_EVENT_LINK_UP);
    return 0;
}

static int _send(netdev_t *netdev, const iolist_t *iolist)
{
    size_t len = 0;

    (void)netdev;
    while (TX_FIFO_INF >> 16 & 0xff) {
        (void)TX_STATUS_FIFO;   /* nobody asks how the last ones went */
    }
    for (; iolist; iolist = iolist->iol_next) {
        if (len + iolist->iol_len > sizeof(_frame)) {
            return -EOVERFLOW;
        }
        if (iolist->iol_len) {
            memcpy((uint8_t *)_frame + len, iolist->iol_base, iolist->iol_len);
        }
        len += iolist->iol_len;
    }
    if ((TX_FIFO_INF & 0xffff) < len + 12) {
        return -EBUSY;
    }
    TX_DATA_FIFO = TX_SINGLE_SEGMENT | len;
    TX_DATA_FIFO = len;
    for (size_t i = 0; i < (len + 3) / 4; i++) {
        TX_DATA_FIFO = _frame[i];
    }
    return len;
}

static int _recv(netdev_t *netdev, void *buf, size_t max_len, void *info)
{
    (void)netdev;
    (void)info;
    if (!buf && !max_len) {
        return (RX_STATUS_PEEK >> 16 & 0x3fff) - FCS_BYTES;
    }
    uint32_t status = RX_STATUS_FIFO;
    size_t bytes = status >> 16 & 0x3fff;
    size_t len = bytes - FCS_BYTES;
    bool is_wanted = buf && len <= max_len && !(status & RX_STATUS_ERROR);

    for (size_t at = 0; at < bytes; at += 4) {
        uint32_t word = RX_DATA_FIFO;
        if (is_wanted && at < len) {
            memcpy((uint8_t *)buf + at, &word, (len - at < 4) ? len - at : 4);
        }
    }
    return (buf && !is_wanted) ? -ENOBUFS : (int)len;
}

static void _isr(netdev_t *netdev)
{
    while (_has_frame()) {
        netdev->event_callback(netdev, NETDEV_EVENT_RX_COMPLETE);
    }
    _wake_on_frame();
}

static int _get(netdev_t *netdev, netopt_t opt, void *value, size_t max_len)
{
    if (opt != NETOPT_ADDRESS || max_len < ETHERNET_ADDR_LEN) {
        return netdev_eth_get(netdev, opt, value, max_len);
    }
    uint32_t low = _read_mac(MAC_ADDRL);
    uint32_t high = _read_mac(MAC_ADDRH);

    memcpy(value, &low, 4);
    memcpy((uint8_t *)value + 4, &high, 2);
    return ETHERNET_ADDR_LEN;
}

static const netdev_driver_t _driver = {
    .send = _send,
    .recv = _recv,
    .init = _init,
    .isr = _isr,
    .get = _get,
    .set = netdev_eth_set,
};

void mps2_eth_setup(mps2_eth_t *dev)
{
    dev->netdev.driver = &_driver;
    netdev_register(&dev->netdev, NETDEV_ANY, 0);
}

void isr_ethernet(void)
{
    INT_EN = 0;
    netdev_trigger_event_isr(&_dev.netdev);
    cortexm_isr_end();
}

static void auto_init_mps2_eth(void)
{
    mps2_eth_setup(&_dev);
    gnrc_netif_ethernet_create(&_netif, _stack, sizeof(_stack), GNRC_NETIF_PRIO, "eth",
                               &_dev.netdev);
}

AUTO_INIT(auto_init_mps2_eth, AUTO_INIT_PRIORITY_AFTER(AUTO_INIT_PRIO_MOD_GNRC_IPV6));
