// SPDX-License-Identifier: MIT
// Programs that go on when this one has ended.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mbpf::toolkit::system {

// Starts it in a session of its own, with all it prints in the file `log`, and with `kept`, a
// descriptor of this process. Its process id, or errno as a negative number.
[[nodiscard]] int start_detached(std::vector<std::string> const& arguments,
                                 std::filesystem::path const& log, int kept);

// A process that this one has started has ended.
[[nodiscard]] bool has_ended(int process);

// That process runs, and `argument` is part of its command line: another one may have got its id.
[[nodiscard]] bool is_running(int process, std::string const& argument);

// Asks it to end, and makes it after a while. Only what is_running().
void stop_process(int process, std::string const& argument);

}  // namespace mbpf::toolkit::system
