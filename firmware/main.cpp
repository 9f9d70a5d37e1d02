// SPDX-License-Identifier: MIT
// Runs a batch of requests for the toolkit, as runner/wire.hpp describes: a file in, a file out.
#include "firmware/batch.hpp"
#include "firmware/command_line.hpp"
#include "firmware/memory.hpp"
#include "firmware/semihosting.hpp"

namespace {

using mbpf::runner::FirmwareExit;
namespace firmware = mbpf::firmware;
namespace semihosting = mbpf::semihosting;

}  // namespace

int main() {
    static firmware::CommandLine line;
    if (!line.read()) {
        semihosting::print("the command line is too long, or QEMU has no semihosting\n");
        return int(FirmwareExit::BadCommandLine);
    }
    line.next_word();  // The name of the command
    char const* const requests = line.next_word();
    char const* const replies = line.next_word();
    if (*replies == '\0') {
        semihosting::print("usage: mbpf REQUESTS REPLIES\n");
        return int(FirmwareExit::BadCommandLine);
    }
    return int(firmware::run_batch(requests, replies, firmware::free_memory()));
}
