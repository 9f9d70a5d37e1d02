// SPDX-License-Identifier: MIT
#include "mbpf/container/hooks.hpp"

#include "mbpf/container/config.hpp"

namespace mbpf::container {

namespace {

// The unreserved characters of RFC 3986, section 2.3, and the slash between segments.
bool is_path_character(char c) {
    bool const is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    bool const is_digit = c >= '0' && c <= '9';
    return is_letter || is_digit || c == '-' || c == '.' || c == '_' || c == '~' || c == '/';
}

}  // namespace

std::string_view Hooks::path(program::HookRecord const& hook) const {
    if (hook.argument >= section_.size()) {
        return {};
    }
    std::string_view const rest = as_text(section_.subspan(hook.argument));
    std::size_t size = 0;
    while (size < rest.size() && is_path_character(rest[size])) {
        ++size;
    }
    bool const ends = size < rest.size() && rest[size] == '\0';
    return ends ? std::string_view{rest.data(), size} : std::string_view{};
}

[[gnu::always_inline]] inline bool Hooks::is_good(program::HookRecord const& hook,
                                                  std::uint32_t entries) const {
    if (hook.entry >= entries) {
        return false;
    }
    if (has_path(hook.kind)) {
        std::string_view const text = path(hook);
        char last = '/';  // There is something in every segment.
        for (char const c : text) {
            if (c == '/' && last == '/') {
                return false;
            }
            last = c;
        }
        return last != '/' && text.size() <= config::max_path_bytes;
    }
    return hook.kind == HookKind::Boot     ? hook.argument == 0
           : hook.kind == HookKind::Period ? hook.argument >= config::shortest_period_ms
                                           : hook.kind == HookKind::Event;
}

Result<Hooks> Hooks::read(program::Program const& program) {
    Bytes const section = program.hooks;
    if (section.empty()) {
        return Hooks{};
    }
    if (section.size() < program::hooks_header_bytes) {
        return Error{Fault::HookMalformed, 0, 0, 0};
    }
    std::uint32_t const count = load<std::uint32_t>(section, 0);
    if (count > config::max_hooks ||
        section.size() < program::hooks_header_bytes + count * program::hook_record_bytes) {
        return Error{Fault::HookMalformed, 0, count, config::max_hooks};
    }
    Hooks const hooks{section, count};
    for (std::uint32_t i = 0; i < count; ++i) {
        if (!hooks.is_good(hooks.at(i), program.entries.size())) {
            return Error{
                Fault::HookMalformed,
                std::uint32_t(program::hooks_header_bytes + i * program::hook_record_bytes), i, 0};
        }
    }
    return hooks;
}

}  // namespace mbpf::container
