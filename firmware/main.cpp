// SPDX-License-Identifier: MIT
// Runs a batch of requests for the toolkit, as runner/wire.hpp describes: a file in, a file out.
#include "firmware/batch.hpp"
#include "firmware/memory.hpp"
#include "firmware/semihosting.hpp"

namespace {

using mbpf::runner::FirmwareExit;
namespace firmware = mbpf::firmware;
namespace semihosting = mbpf::semihosting;

constexpr std::size_t max_command_line_bytes = 1024;

// The next word of a command line; words are apart by one blank or more.
char const* take_word(char*& line) {
    while (*line == ' ') {
        ++line;
    }
    char const* const word = line;
    while (*line != ' ' && *line != '\0') {
        ++line;
    }
    if (*line == ' ') {
        *line++ = '\0';
    }
    return word;
}

}  // namespace

int main() {
    static char line[max_command_line_bytes];
    if (!semihosting::command_line(line)) {
        semihosting::print("the command line is too long, or QEMU has no semihosting\n");
        return int(FirmwareExit::BadCommandLine);
    }
    char* rest = line;
    take_word(rest);  // The name of the command
    char const* const requests = take_word(rest);
    char const* const replies = take_word(rest);
    if (*replies == '\0') {
        semihosting::print("usage: mbpf REQUESTS REPLIES\n");
        return int(FirmwareExit::BadCommandLine);
    }
    return int(firmware::run_batch(requests, replies, firmware::free_memory()));
}
