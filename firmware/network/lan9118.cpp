// SPDX-License-Identifier: MIT
#include "firmware/network/lan9118.hpp"

#include "firmware/clock.hpp"

namespace mbpf::firmware::lan9118 {

namespace {

// Registers and their bits have the names that the data sheet gives them, in chapters 5.1 to 5.4.
enum Register : std::uint32_t {
    RxDataFifo = 0x00,
    TxDataFifo = 0x20,
    RxStatusFifo = 0x40,
    TxStatusFifo = 0x48,
    IrqCfg = 0x54,
    IntSts = 0x58,
    IntEn = 0x5c,
    ByteTest = 0x64,
    FifoInt = 0x68,
    RxCfg = 0x6c,
    TxCfg = 0x70,
    HwCfg = 0x74,
    RxFifoInf = 0x7c,
    TxFifoInf = 0x80,
    PmtCtrl = 0x84,
    MacCsrCmd = 0xa4,
    MacCsrData = 0xa8,
};
enum MacRegister : std::uint32_t { MacCr = 1, AddrH = 2, AddrL = 3 };

constexpr std::uint32_t byte_test_value = 0x8765'4321;
constexpr std::uint32_t pmt_ready = 1U << 0;
constexpr std::uint32_t soft_reset = 1U << 0;
constexpr std::uint32_t must_be_one = 1U << 20;         // HW_CFG: store and forward
constexpr std::uint32_t tx_fifo_5_kb = 5U << 16;        // HW_CFG
constexpr std::uint32_t irq_enable = 1U << 8;           // IRQ_CFG
constexpr std::uint32_t irq_active_high = 1U << 4;      // IRQ_CFG
constexpr std::uint32_t irq_push_pull = 1U << 0;        // IRQ_CFG
constexpr std::uint32_t rx_status_level = 1U << 3;      // INT_STS, INT_EN: more than FIFO_INT says
constexpr std::uint32_t tx_available_48 = 0x4800'0000;  // FIFO_INT: as after reset, RX level 0
constexpr std::uint32_t rx_data_offset = std::uint32_t{frame_offset_bytes} << 8;  // RX_CFG
constexpr std::uint32_t tx_on = 1U << 1;                                          // TX_CFG
constexpr std::uint32_t csr_busy = 1U << 31;
constexpr std::uint32_t csr_read = 1U << 30;
constexpr std::uint32_t receiver_enable = 1U << 2;     // MAC_CR
constexpr std::uint32_t transmitter_enable = 1U << 3;  // MAC_CR
constexpr std::uint32_t full_duplex = 1U << 20;        // MAC_CR
constexpr std::uint32_t rx_error = 1U << 15;           // RX status
constexpr std::uint32_t first_segment = 1U << 13;      // TX command A
constexpr std::uint32_t last_segment = 1U << 12;       // TX command A
constexpr std::uint32_t command_bytes = 8;
constexpr std::size_t checksum_bytes = 4;

constexpr unsigned max_waits = 100'000;  // Far more than the longest delay that the sheet states
constexpr unsigned max_statuses = 512;

std::uint32_t volatile& at(Register name) {
    return *reinterpret_cast<std::uint32_t volatile*>(std::uintptr_t{MBPF_NETWORK} + name);
}

// Whether all of `bits` of a register became `value` in time.
bool await(Register name, std::uint32_t bits, std::uint32_t value) {
    for (unsigned i = 0; i < max_waits; ++i) {
        if ((at(name) & bits) == value) {
            return true;
        }
    }
    return false;
}

std::uint32_t read_mac(MacRegister name) {
    at(MacCsrCmd) = csr_busy | csr_read | name;
    return await(MacCsrCmd, csr_busy, 0) ? at(MacCsrData) : 0;
}

void write_mac(MacRegister name, std::uint32_t value) {
    at(MacCsrData) = value;
    at(MacCsrCmd) = csr_busy | name;
    static_cast<void>(await(MacCsrCmd, csr_busy, 0));
}

// Their FIFO would fill up: nobody wants to know how transmissions ended.
void drop_transmit_statuses() {
    for (unsigned i = 0; i < max_statuses && (at(TxFifoInf) >> 16 & 0xff) != 0; ++i) {
        static_cast<void>(std::uint32_t{at(TxStatusFifo)});
    }
}

// Armv7-M ARM, B3.4, "NVIC_ISER".
void enable_interrupt() {
    constexpr std::uintptr_t set_enable = 0xe000'e100;
    *reinterpret_cast<std::uint32_t volatile*>(set_enable) = 1U << MBPF_NETWORK_INTERRUPT;
}

}  // namespace

bool start() {
    at(ByteTest) = 0;  // Any write wakes it up.
    if (!await(PmtCtrl, pmt_ready, pmt_ready) || at(ByteTest) != byte_test_value) {
        return false;
    }
    at(HwCfg) = soft_reset;
    if (!await(HwCfg, soft_reset, 0) || !await(PmtCtrl, pmt_ready, pmt_ready)) {
        return false;
    }
    at(HwCfg) = must_be_one | tx_fifo_5_kb;
    at(FifoInt) = tx_available_48;
    at(RxCfg) = rx_data_offset;
    at(TxCfg) = tx_on;
    at(IntEn) = 0;
    at(IntSts) = ~std::uint32_t{0};
    at(IrqCfg) = irq_enable | irq_active_high | irq_push_pull;
    write_mac(MacCr, full_duplex | transmitter_enable | receiver_enable);
    enable_interrupt();
    wake_on_frame();
    return true;
}

MacAddress mac_address() {
    std::uint32_t const low = read_mac(AddrL);
    std::uint32_t const high = read_mac(AddrH);
    return {std::uint8_t(low),       std::uint8_t(low >> 8), std::uint8_t(low >> 16),
            std::uint8_t(low >> 24), std::uint8_t(high),     std::uint8_t(high >> 8)};
}

bool has_frame() { return (at(RxFifoInf) >> 16 & 0xff) != 0; }

std::size_t receive(std::span<std::uint32_t> words) {
    std::uint32_t const status = at(RxStatusFifo);
    std::size_t const bytes = status >> 16 & 0x3fff;
    std::size_t const count = (frame_offset_bytes + bytes + 3) / 4;
    for (std::size_t i = 0; i < count; ++i) {
        std::uint32_t const word = at(RxDataFifo);
        if (i < words.size()) {
            words[i] = word;
        }
    }
    bool const is_whole =
        (status & rx_error) == 0 && bytes > checksum_bytes && count <= words.size();
    return is_whole ? bytes - checksum_bytes : 0;
}

bool transmit(std::span<std::uint32_t const> words, std::size_t frame_bytes) {
    drop_transmit_statuses();
    std::size_t const count = (frame_offset_bytes + frame_bytes + 3) / 4;
    if (frame_bytes > max_frame_bytes || count > words.size() ||
        (at(TxFifoInf) & 0xffff) < command_bytes + 4 * count) {
        return false;
    }
    std::uint32_t const size = std::uint32_t(frame_bytes);
    at(TxDataFifo) = std::uint32_t{frame_offset_bytes} << 16 | first_segment | last_segment | size;
    at(TxDataFifo) = size;
    for (std::uint32_t const word : words.first(count)) {
        at(TxDataFifo) = word;
    }
    return true;
}

void wake_on_frame() {
    at(IntSts) = rx_status_level;
    at(IntEn) = rx_status_level;
}

}  // namespace mbpf::firmware::lan9118

// The line stays up as long as there are frames: it is off until somebody has taken them.
extern "C" void network_interrupt() {
    mbpf::firmware::lan9118::at(mbpf::firmware::lan9118::IntEn) = 0;
    mbpf::firmware::wake();
}
