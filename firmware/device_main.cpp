// SPDX-License-Identifier: MIT
// A device on the network of the emulated board. With the word "echo" it sends every datagram back
// instead, which is how tests see its network alone.
#include <array>

#include "device/device.hpp"
#include "firmware/clock.hpp"
#include "firmware/command_line.hpp"
#include "firmware/cortexm/mpu.hpp"
#include "firmware/crypto.hpp"
#include "firmware/flash_file.hpp"
#include "firmware/memory.hpp"
#include "firmware/network/udp.hpp"
#include "firmware/self_test.hpp"
#include "runner/wire.hpp"

namespace {

using mbpf::runner::FirmwareExit;
namespace device = mbpf::device;
namespace firmware = mbpf::firmware;
namespace semihosting = mbpf::semihosting;

constexpr char const* usage =
    "usage: device flash=FILE [ip=10.0.2.15/24] [gateway=10.0.2.2] [seed=N] [id=HEX]\n"
    "       device echo [flash=FILE] [ip=...] [gateway=...] | selftest | break=RULE\n";

// Stacks and data of programs. With code memory, stacks and all variables but the network's, a
// device takes less than 64 KiB: `mbpf ps --map` says how much, tests/device/memory_test.py holds
// it.
constexpr std::size_t container_ram_bytes = 14 * 1024;
constexpr std::uint64_t tick_us = 1000;  // firmware::idle() sleeps for at most that long.

struct Options {
    char const* flash = nullptr;
    firmware::Address own{0x0a00'020f, 24};
    std::uint32_t gateway = 0x0a00'0202;
    char const* broken_rule = nullptr;
    std::uint32_t seed = 1;
    mbpf::suit::Uuid id{};
    bool is_self_test = false;
    bool is_echo = false;
};

bool take_address(char const* text, firmware::Address& to) {
    std::optional<firmware::Address> const address = firmware::parse_address(text);
    to = address.value_or(to);
    return address.has_value();
}

bool take_option(char const* word, Options& options) {
    if (char const* const file = firmware::option_value(word, "flash=")) {
        options.flash = file;
        return true;
    }
    if (char const* const own = firmware::option_value(word, "ip=")) {
        return take_address(own, options.own);
    }
    if (char const* const text = firmware::option_value(word, "gateway=")) {
        firmware::Address gateway;
        bool const is_address = take_address(text, gateway);
        options.gateway = gateway.address;
        return is_address;
    }
    if (char const* const rule = firmware::option_value(word, "break=")) {
        options.broken_rule = rule;
        return true;
    }
    if (char const* const seed = firmware::option_value(word, "seed=")) {
        std::optional<std::uint32_t> const number = firmware::parse_number(seed);
        options.seed = number.value_or(0);
        return number.has_value();
    }
    if (char const* const text = firmware::option_value(word, "id=")) {
        std::optional<mbpf::suit::Uuid> const id = device::parse_id(text);
        options.id = id.value_or(options.id);
        return id.has_value();
    }
    if (firmware::option_value(word, "echo") != nullptr) {
        options.is_echo = true;
        return true;
    }
    options.is_self_test = firmware::option_value(word, "selftest") != nullptr;
    return options.is_self_test;
}

bool read_options(firmware::CommandLine& line, Options& options) {
    if (!line.read()) {
        return false;
    }
    line.next_word();  // The name of the command
    for (char const* word = line.next_word(); *word != '\0'; word = line.next_word()) {
        if (!take_option(word, options)) {
            return false;
        }
    }
    return true;
}

// Counts the boots in the first sector, so that a test sees what a reboot leaves: a record of 8
// bytes each.
bool count_boot(mbpf::port::Flash const& flash) {
    std::uint32_t boots = 0;
    while (boots < flash.sector_bytes / mbpf::port::flash_write_bytes &&
           flash.memory[boots * mbpf::port::flash_write_bytes] != mbpf::port::erased_byte) {
        ++boots;
    }
    semihosting::print("boot ");
    semihosting::print_decimal(boots + 1);
    semihosting::print("\n");
    if (boots == flash.sector_bytes / mbpf::port::flash_write_bytes) {
        boots = 0;
        if (!flash.erase(flash.context, 0)) {
            return false;
        }
    }
    std::array<std::byte, mbpf::port::flash_write_bytes> const record{};
    return flash.write(flash.context, boots * mbpf::port::flash_write_bytes, record);
}

int stop(char const* reason) {
    semihosting::print(reason);
    return int(FirmwareExit::BadCommandLine);
}

[[nodiscard]] bool start_network(Options const& options) {
    std::uint32_t const mask =
        options.own.prefix_bits == 0 ? 0 : ~std::uint32_t{0} << (32 - options.own.prefix_bits);
    return firmware::start_network({options.own.address, mask, options.gateway});
}

firmware::Udp& udp() {
    static firmware::Udp only;
    return only;
}

int echo() {
    auto const send_back = [](void*, firmware::Peer const& peer, mbpf::Bytes datagram) {
        static_cast<void>(udp().send(peer, datagram));  // As good as lost on the way.
    };
    if (!udp().open(device::coap_port, send_back, nullptr)) {
        return stop("the port cannot be opened\n");
    }
    semihosting::print("listening\n");
    while (true) {
        udp().poll();
        firmware::idle();
    }
}

mbpf::coap::Peer coap_peer(firmware::Peer const& peer) {
    mbpf::coap::Peer result;
    mbpf::store(result.address.data(), __builtin_bswap32(peer.address));  // Network order.
    result.address_bytes = sizeof peer.address;
    result.port = peer.port;
    return result;
}

// What the device itself asks others goes by a port of its own, as clients do. (QEMU's user network
// loses the port that it forwards when something that was sent from there has no way.)
firmware::Udp& client_udp() {
    static firmware::Udp only;
    return only;
}
bool is_client_turn = false;  // While a datagram is looked at that came there.

void send(void*, mbpf::coap::Peer const& to, mbpf::Bytes datagram) {
    firmware::Peer const peer{__builtin_bswap32(mbpf::load<std::uint32_t>(to.address.data())),
                              to.port};
    bool const is_request =
        datagram.size() > 1 && mbpf::coap::is_request(mbpf::coap::Code(datagram[1]));
    firmware::Udp& from = is_request || is_client_turn ? client_udp() : udp();
    static_cast<void>(from.send(peer, datagram));
}

static_assert(mbpf::config::stack_guard_bytes == firmware::guard_bytes);

// Zero is what the stack holds where nothing has been yet.
void clear_stack() {
    std::byte* const from = free_end + mbpf::config::stack_guard_bytes;
    std::byte const* const to = static_cast<std::byte*>(__builtin_frame_address(0)) - 256;
    for (std::byte volatile* at = from; at < to; ++at) {
        *at = std::byte{0};
    }
}

std::uint32_t used_stack_bytes() {
    std::byte const* at = free_end + mbpf::config::stack_guard_bytes;
    while (at < stack_end && *at == std::byte{0}) {
        ++at;
    }
    return std::uint32_t(stack_end - at);
}

int serve(firmware::FlashFile& flash, Options const& options) {
    alignas(8) static std::array<std::byte, container_ram_bytes> ram;
    static std::array const parts_of_ram{
        mbpf::agent::RamPart{"runtime", firmware::variable_bytes() - container_ram_bytes},
        mbpf::agent::RamPart{"programs", container_ram_bytes},
        mbpf::agent::RamPart{"code", firmware::code_memory_bytes},
        mbpf::agent::RamPart{"stack", firmware::stack_bytes(), &used_stack_bytes},
        mbpf::agent::RamPart{"network", firmware::network_bytes()}};
    clear_stack();
    static device::Sensors sensors;
    static device::Parts const parts{
        flash.port(),
        firmware::crypto(),
        {ram, firmware::code_memory(), mbpf::helpers::standard_helpers(), &sensors.devices(),
         &firmware::now_us, &firmware::guard_stack},
        {nullptr, &send},
        {MBPF_BOARD_NAME, MBPF_VERSION, device::identity_of(MBPF_CLASS_ID, options.id),
         parts_of_ram},
        options.seed,
        device::simulation(sensors)};
    static device::Device board{parts};
    if (!board.start().has_value()) {
        return stop("the flash file holds no flash of a device\n");
    }
    auto const receive = [](void*, firmware::Peer const& peer, mbpf::Bytes datagram) {
        board.receive(coap_peer(peer), datagram);
    };
    auto const receive_as_client = [](void*, firmware::Peer const& peer, mbpf::Bytes datagram) {
        is_client_turn = true;
        board.receive(coap_peer(peer), datagram);
        is_client_turn = false;
    };
    if (!udp().open(device::coap_port, receive, nullptr) ||
        !client_udp().open(firmware::any_port, receive_as_client, nullptr)) {
        return stop("the port cannot be opened\n");
    }
    semihosting::print("listening\n");
    while (true) {
        udp().poll();
        if (board.poll() > tick_us) {
            firmware::idle();
        }
    }
}

}  // namespace

int main() {
    static firmware::CommandLine line;
    static Options options;
    if (!read_options(line, options)) {
        return stop(usage);
    }
    if (!firmware::protect_memory()) {
        return stop("this core has no memory protection unit\n");
    }
    firmware::start_tick();
    if (options.broken_rule != nullptr) {
        firmware::break_rule(options.broken_rule);
        return stop("nothing stopped it\n");
    }
    if (options.is_self_test) {
        return firmware::test_board() ? 0 : int(FirmwareExit::CoreFault);
    }
    if (!start_network(options)) {
        return stop("there is no network controller: QEMU needs -nic user,model=lan9118\n");
    }
    if (options.flash == nullptr) {
        return options.is_echo ? echo() : stop(usage);
    }
    firmware::FlashFile flash{options.flash};
    if (!flash.is_usable() || (options.is_echo && !count_boot(flash.port()))) {
        return stop("the flash file cannot be used: it has another size, or is no file\n");
    }
    return options.is_echo ? echo() : serve(flash, options);
}
