// SPDX-License-Identifier: MIT
// What the firmware of a board does, on the PC: a batch of requests in, a batch of replies out
// (runner/wire.hpp). Its memory is where that of a board is, so that the compiler makes of a
// request for code what it makes on one.
#include <sys/mman.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

#include "runner/wire.hpp"

namespace mbpf {
namespace {

constexpr std::uintptr_t ram_at = 0x2100'0000;
constexpr std::size_t part_bytes = 1 << 20;

WritableBytes part(std::uint32_t index) {
    return {pointer_to(ram_at + index * part_bytes), part_bytes};
}

bool map_ram() {
    void* const wanted = pointer_to(ram_at);
    return mmap(wanted, 6 * part_bytes, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == wanted;
}

bool answer(Bytes requests, std::ofstream& replies) {
    std::byte header[runner::batch_header_bytes];
    Result<std::uint32_t> const count =
        runner::decode_batch_header(requests.first(runner::batch_header_bytes));
    if (!count.has_value() || runner::encode_batch_header(*count, header) == 0) {
        return false;
    }
    auto const write = [&](Bytes bytes) {
        for (std::byte const byte : bytes) {
            replies.put(char(byte));
        }
    };
    write(header);
    std::size_t at = sizeof header;
    for (std::uint32_t i = 0; i < *count; ++i) {
        Result<std::uint32_t> const bytes =
            runner::decode_message_header(requests.subspan(at, runner::message_header_bytes));
        at += runner::message_header_bytes;
        Result<runner::Request> const request =
            runner::decode_request(requests.subspan(at, *bytes));
        at += *bytes;
        if (!request.has_value()) {
            return false;
        }
        runner::Reply const reply =
            runner::execute(*request, {part(0), part(1), part(2), part(3), part(4)});
        std::size_t const size = runner::encode_reply(reply, part(5));
        if (size == 0 || runner::encode_message_header(size, header) == 0) {
            return false;
        }
        write(header);
        write(part(5).first(size));
    }
    return true;
}

}  // namespace
}  // namespace mbpf

int main(int argc, char** argv) {
    if (argc != 3 || !mbpf::map_ram()) {
        std::fputs("usage: run_batch REQUESTS REPLIES\n", stderr);
        return 2;
    }
    std::ifstream file{argv[1], std::ios::binary};
    std::vector<char> const bytes{std::istreambuf_iterator<char>{file}, {}};
    std::ofstream replies{argv[2], std::ios::binary};
    return bytes.size() >= mbpf::runner::batch_header_bytes &&
                   mbpf::answer(std::as_bytes(std::span{bytes}), replies) && replies.flush()
               ? 0
               : 3;
}
