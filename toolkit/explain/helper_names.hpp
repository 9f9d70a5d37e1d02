// SPDX-License-Identifier: MIT
// Names of the helper ids (SPEC.md, "Helpers"): those that this project implements, and those that
// Femto-Containers and the prototype use, so that their programs read well.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "mbpf/base/base.hpp"

namespace mbpf::toolkit::explain {

struct HelperName {
    HelperId id;
    std::string_view name;  // Without the prefix "bpf_" that C code writes.
};

inline constexpr std::array helper_names{
    HelperName{{0x01}, "printf"},
    HelperName{{0x02}, "memcpy"},
    HelperName{{0x03}, "print_debug"},
    HelperName{{0x10}, "store_local"},
    HelperName{{0x11}, "store_global"},
    HelperName{{0x12}, "fetch_local"},
    HelperName{{0x13}, "fetch_global"},
    HelperName{{0x20}, "now_ms"},
    HelperName{{0x30}, "saul_reg_find_nth"},
    HelperName{{0x31}, "saul_reg_find_type"},
    HelperName{{0x32}, "saul_reg_read"},
    HelperName{{0x33}, "saul_reg_write"},
    HelperName{{0x34}, "saul_read_temp"},
    HelperName{{0x40}, "gcoap_resp_init"},
    HelperName{{0x41}, "coap_opt_finish"},
    HelperName{{0x42}, "coap_add_format"},
    HelperName{{0x43}, "coap_get_pdu"},
    HelperName{{0x44}, "reply"},
    HelperName{{0x50}, "fmt_s16_dfp"},
    HelperName{{0x51}, "fmt_u32_dec"},
    HelperName{{0x52}, "strlen"},
    HelperName{{0x60}, "now_us"},
    HelperName{{0x61}, "ztimer_periodic_wakeup"},
    HelperName{{0x70}, "gpio_read_input"},
    HelperName{{0x71}, "gpio_read_raw"},
    HelperName{{0x72}, "gpio_write"},
    HelperName{{0x80}, "hd44780_init"},
    HelperName{{0x81}, "hd44780_clear"},
    HelperName{{0x82}, "hd44780_print"},
    HelperName{{0x83}, "hd44780_set_cursor"},
    HelperName{{0x84}, "keypad_get_input"},
    HelperName{{0x90}, "map_lookup_elem"},
    HelperName{{0x91}, "map_update_elem"},
    HelperName{{0x92}, "map_delete_elem"},
    HelperName{{0x93}, "ringbuf_output"},
    HelperName{{0x94}, "ringbuf_reserve"},
    HelperName{{0x95}, "ringbuf_submit"},
    HelperName{{0x96}, "ringbuf_discard"},
    HelperName{{0x97}, "ringbuf_query"},
};

// Empty if the id has no name.
[[nodiscard]] constexpr std::string_view name_of(HelperId id) {
    for (HelperName const& row : helper_names) {
        if (row.id == id) {
            return row.name;
        }
    }
    return {};
}

// "printf#1", or "helper#200" for an id without a name.
[[nodiscard]] std::string helper_text(HelperId id);

// The id that "printf", "bpf_printf", "1", "0x01" or "printf#1" means.
[[nodiscard]] std::optional<HelperId> parse_helper(std::string_view text);

}  // namespace mbpf::toolkit::explain
