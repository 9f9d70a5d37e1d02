// SPDX-License-Identifier: MIT
#include "toolkit/home/home.hpp"

#include <fmt/format.h>
#include <cstdlib>

#include "toolkit/problem.hpp"

namespace mbpf::toolkit::home {

namespace fs = std::filesystem;

namespace {

fs::path from_environment(char const* name) {
    char const* const value = std::getenv(name);
    return value == nullptr ? fs::path{} : fs::path(value);
}

}  // namespace

fs::path folder() {
    if (fs::path const chosen = from_environment("MBPF_HOME"); !chosen.empty()) {
        return fs::absolute(chosen);
    }
    if (fs::path const data = from_environment("XDG_DATA_HOME"); data.is_absolute()) {
        return data / "mbpf";
    }
    fs::path const user = from_environment("HOME");
    if (user.empty()) {
        throw Failure{ExitCode::Unavailable,
                      Problem{.kind = ProblemKind::Place,
                              .name = "HomeMissing",
                              .reason = "there is no folder for keys and devices",
                              .found = "neither HOME nor MBPF_HOME is set",
                              .suggestion = "name one with MBPF_HOME"}};
    }
    return user / ".local" / "share" / "mbpf";
}

fs::path folder(char const* name) {
    fs::path const path = folder() / name;
    std::error_code error;
    bool const is_new = fs::create_directories(path, error);
    if (!error && is_new) {
        fs::permissions(path, fs::perms::owner_all, error);
    }
    if (error) {
        throw unusable(path.string(), fmt::format("cannot create it: {}", error.message()),
                       "name another folder with MBPF_HOME");
    }
    return path;
}

}  // namespace mbpf::toolkit::home
