// SPDX-License-Identifier: MIT
// Tables of helpers that are written in C, and what these helpers may ask.
#include <cstddef>

#include "mbpf/capi/objects.hpp"
#include "mbpf/helpers/helpers.hpp"

namespace mbpf::capi {

namespace {

using machine::ArgKind;
using machine::Helper;

// One record with two declarations: tables of C lie in flash, and are used as they are.
static_assert(sizeof(mbpf_helper_t) == sizeof(Helper) && alignof(mbpf_helper_t) == alignof(Helper));
static_assert(offsetof(mbpf_helper_t, call) == offsetof(Helper, call));
static_assert(offsetof(mbpf_helper_t, words) == offsetof(Helper, direct));
static_assert(offsetof(mbpf_helper_t, args) == offsetof(Helper, args));
static_assert(offsetof(mbpf_helper_t, pointers) == offsetof(Helper, pointers));
static_assert(offsetof(mbpf_helper_t, gate) == offsetof(Helper, gate));
static_assert(offsetof(mbpf_helper_t, id) == offsetof(Helper, id));
static_assert(MBPF_SCALAR == machine::scalar.packed && MBPF_TEXT == machine::text.packed);
static_assert(MBPF_READABLE(7) == machine::readable(7).packed);
static_assert(MBPF_WRITABLE(31) == machine::writable(31).packed);
static_assert(MBPF_READABLE_SIZED_BY(2) == machine::readable_sized_by(2).packed);
static_assert(MBPF_WRITABLE_SIZED_BY(5) == machine::writable_sized_by(5).packed);
static_assert(MBPF_GATE_CHECKED_ == std::uint8_t(Helper::Gate::Fallible));
static_assert(MBPF_HELPER_IDS == config::max_helper_id + 1);

constexpr std::size_t most_helpers = 254;

// Its entry in `helpers` is one less; 0 if there is none.
[[nodiscard]] std::size_t index_of(mbpf_helpers_t const* table, std::size_t id) {
    return table == nullptr || table->index_by_id == nullptr ? 0 : table->index_by_id[id];
}

[[nodiscard]] Helper const& helper_of(mbpf_helper_t const& helper) { return *as<Helper>(&helper); }

// Whether the machine may believe it: a function, no holes between arguments, sizes that are
// scalars, pointers that are marked.
[[nodiscard]] bool is_good(Helper const& helper) {
    bool const is_open = helper.gate == Helper::Gate::Open;
    // One of the core may have both functions.
    bool good = helper.direct != nullptr || (helper.call != nullptr && !is_open);
    std::uint32_t pointers = 0;
    bool has_ended = false;
    for (std::uint32_t i = 0; i < helper.args.size(); ++i) {
        machine::Arg const arg = helper.args[i];
        ArgKind const kind = arg.kind();
        has_ended = has_ended || kind == ArgKind::Unused;
        good = good && (!has_ended || kind == ArgKind::Unused) && kind <= ArgKind::Text;
        bool const is_fixed = kind == ArgKind::Readable || kind == ArgKind::Writable;
        good = good && (!is_fixed || arg.amount() != 0);
        bool const is_sized = kind == ArgKind::ReadableSized || kind == ArgKind::WritableSized;
        good = good && (!is_sized || (arg.amount() >= 1 && arg.amount() <= helper.args.size() &&
                                      helper.args[arg.amount() - 1u].kind() == ArgKind::Scalar));
        pointers |= arg.is_pointer() ? 1u << i : 0u;
    }
    return good && pointers == helper.pointers && (!is_open || pointers == 0);
}

}  // namespace

extern "C" {

std::size_t mbpf_helpers_check(mbpf_helpers_t const* table, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        bool const is_found = i < most_helpers && table->helpers != nullptr &&
                              index_of(table, table->helpers[i].id) == i + 1;
        if (!is_found || !is_good(helper_of(table->helpers[i]))) {
            return i;
        }
    }
    for (std::size_t id = 0; id < MBPF_HELPER_IDS; ++id) {
        std::size_t const index = index_of(table, id);
        if (index > count || (index != 0 && table->helpers[index - 1].id != id)) {
            return index > count ? 0 : index - 1;
        }
    }
    return count;
}

mbpf_helpers_t mbpf_standard_helpers(void) {
    machine::HelperTable const table = helpers::standard_helpers();
    return {as<mbpf_helper_t>(table.helpers()), table.index_by_id()};
}

std::size_t mbpf_helpers_count(mbpf_helpers_t const* base) {
    std::size_t count = 0;
    for (std::size_t id = 0; id < MBPF_HELPER_IDS; ++id) {
        count += index_of(base, id) != 0 ? 1u : 0u;
    }
    return count;
}

mbpf_fault_t mbpf_helpers_build(mbpf_helper_t* room, std::size_t room_count,
                                std::uint8_t* index_by_id, mbpf_helpers_t const* base,
                                mbpf_helper_t const* helpers, std::size_t count,
                                mbpf_helpers_t* table, mbpf_error_t* error) {
    __builtin_memset(index_by_id, 0, MBPF_HELPER_IDS);
    *table = {room, index_by_id};
    // Ids of our own first: what they replace needs no room.
    for (std::size_t i = 0; i < count; ++i) {
        if (index_by_id[helpers[i].id] != 0 || !is_good(helper_of(helpers[i]))) {
            return report(error, Error{Fault::HelperUnknown, std::uint32_t(i), helpers[i].id, 0});
        }
        index_by_id[helpers[i].id] = 1;
    }
    std::size_t needed = count;
    for (std::size_t id = 0; id < MBPF_HELPER_IDS; ++id) {
        needed += index_of(base, id) != 0 && index_by_id[id] == 0 ? 1u : 0u;
    }
    if (needed > room_count || needed > most_helpers) {
        return report(error, Error{Fault::MemoryTooSmall, 0, std::uint32_t(room_count),
                                   std::uint32_t(needed)});
    }
    for (std::size_t i = 0; i < count; ++i) {
        room[i] = helpers[i];
        index_by_id[helpers[i].id] = std::uint8_t(i + 1);
    }
    std::size_t used = count;
    for (std::size_t id = 0; id < MBPF_HELPER_IDS; ++id) {
        if (index_of(base, id) != 0 && index_by_id[id] == 0) {
            room[used] = base->helpers[index_of(base, id) - 1];
            index_by_id[id] = std::uint8_t(++used);
        }
    }
    return report(error, Error{});
}

int mbpf_may_read(mbpf_caller_t const* caller, std::uint64_t address, std::uint32_t bytes) {
    return as<machine::Instance>(caller)->may_read(address, bytes) ? 1 : 0;
}

int mbpf_may_write(mbpf_caller_t const* caller, std::uint64_t address, std::uint32_t bytes) {
    return as<machine::Instance>(caller)->may_write(address, bytes) ? 1 : 0;
}

std::uint32_t mbpf_called(mbpf_caller_t const* caller) {
    return as<machine::Instance>(caller)->called().number;
}

void mbpf_fail(mbpf_caller_t* caller) { as<machine::Instance>(caller)->fail_helper(); }

void* mbpf_attached(mbpf_caller_t const* caller) {
    return as<machine::Instance>(caller)->environment();
}

}  // extern "C"

}  // namespace mbpf::capi
