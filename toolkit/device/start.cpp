// SPDX-License-Identifier: MIT
#include "toolkit/device/start.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "device/device.hpp"
#include "toolkit/device/policy.hpp"
#include "toolkit/layout/append.hpp"
#include "toolkit/net/free_port.hpp"
#include "toolkit/place/emulator.hpp"
#include "toolkit/remote/remote.hpp"
#include "toolkit/report/waiting.hpp"
#include "toolkit/system/detached.hpp"
#include "toolkit/system/file.hpp"
#include "toolkit/system/process.hpp"

namespace mbpf::toolkit::device {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t flash_bytes = std::size_t{512} * 1024;
constexpr std::uint32_t sector_bytes = 4096;
constexpr std::chrono::seconds start_limit{20};

// Flash that is written before there is a device.
class FlashImage {
public:
    FlashImage() : bytes_(flash_bytes, port::erased_byte) {}

    [[nodiscard]] port::Flash port() {
        return {bytes_, sector_bytes, this,
                [](void* self, std::uint32_t offset) {
                    auto& bytes = static_cast<FlashImage*>(self)->bytes_;
                    std::fill_n(bytes.begin() + offset, sector_bytes, port::erased_byte);
                    return true;
                },
                [](void* self, std::uint32_t offset, Bytes written) {
                    auto& bytes = static_cast<FlashImage*>(self)->bytes_;
                    std::copy(written.begin(), written.end(), bytes.begin() + offset);
                    return true;
                }};
    }
    [[nodiscard]] Bytes bytes() const { return bytes_; }

private:
    std::vector<std::byte> bytes_;
};

void demand(Result<void> const& done) {
    if (!done.has_value()) {
        throw Failure{ExitCode::Unavailable, explain::describe(done.error(), {"a new flash"})};
    }
}

std::vector<std::string> host_command(Device const& device, system::FileLock const& flash) {
    fs::path const program = system::own_folder() / "mbpf-device";
    std::error_code error;
    std::optional<fs::path> const found =
        fs::is_regular_file(program, error) ? program : system::find_program("mbpf-device");
    if (!found) {
        throw place::unavailable("DeviceMissing", fmt::format("there is no {}", program.string()),
                                 "build it: ./dev build");
    }
    return {found->string(),
            "--flash",
            device.flash_argument(),
            "--port",
            std::to_string(device.port),
            "--lock",
            std::to_string(flash.descriptor()),
            "--id",
            device.id};
}

std::vector<std::string> board_command(Device const& device) {
    std::vector<std::string> command =
        place::emulator_command(device.board, fmt::format("device-{}.elf", device.board),
                                {"device", "flash=" + device.flash_argument(), "id=" + device.id,
                                 fmt::format("seed={}", std::random_device{}())});
    command.insert(command.end(), {"-nic", fmt::format("user,model=lan9118,hostfwd=udp:127.0.0.1:"
                                                       "{}-10.0.2.15:{}",
                                                       device.port, net::coap_port)});
    return command;
}

Failure not_started(Device const& device, std::string reason) {
    std::error_code error;
    bool const has_log = fs::exists(device.log(), error);
    std::string const said =
        has_log ? std::string(as_text(system::read_file(device.log()))) : std::string();
    return place::unavailable("DeviceNotStarted",
                              fmt::format("the device {} {}", device.name, reason),
                              fmt::format("what it said is in {}", device.log().string()), said);
}

}  // namespace

void write_flash(fs::path const& path, port::PublicKey const& key) {
    FlashImage flash;
    storage::Storage storage;
    demand(storage.mount(flash.port(), mbpf::device::flash_layout));
    constexpr std::uint32_t first_sequence = 1;
    std::vector<std::byte> record;
    layout::append(record, first_sequence);
    layout::append(record, administrator(key));
    demand(storage.put(container::policy_kind, {}, record));
    system::write_file(path, flash.bytes());  // In place: its lock is that of the file.
}

void start(Device& device, system::FileLock const& flash) {
    device.port = net::free_port();
    std::vector<std::string> const command =
        device.board == host_board ? host_command(device, flash) : board_command(device);
    int const process = system::start_detached(command, device.log(), flash.descriptor());
    if (process < 0) {
        throw place::unavailable(
            "DeviceNotStarted",
            fmt::format("{} cannot be started: {}", command.front(), std::strerror(-process)), "");
    }
    device.process = process;
}

void wait_until_it_answers(Device const& device) {
    report::Waiting waiting{fmt::format("the device {} to start", device.name)};
    auto const deadline = std::chrono::steady_clock::now() + start_limit;
    while (std::chrono::steady_clock::now() < deadline) {
        if (system::has_ended(device.process)) {
            throw not_started(device, "has ended at once");
        }
        try {
            net::Client client{device.name, device.endpoint(), net::Patience::Short};
            static_cast<void>(remote::device_info(client));
            return;
        } catch (Failure const&) {  // Not yet.
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
            waiting.go_on();
        }
    }
    throw not_started(device, fmt::format("does not answer after {} s", start_limit.count()));
}

void stop(Device& device) {
    system::stop_process(device.process, device.flash_argument());
    device.process = 0;
}

}  // namespace mbpf::toolkit::device
