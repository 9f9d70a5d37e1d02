/* SPDX-License-Identifier: MIT */

/**
 * @ingroup     sys_microbpf
 * @{
 *
 * @file
 * @brief       Shell command mbpf
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fmt.h"
#include "microbpf.h"
#include "shell.h"

#define CONTEXT_SIZE    (64U)
#define LOG_PIECE       (128U)
#define KEY_ROOM        MBPF_MAX_MAP_KEY
#define VALUE_ROOM      (LOG_PIECE - KEY_ROOM)  /* larger values are not shown */

/* What one command asks for, and what comes of it. */
typedef struct {
    const char *name;
    uint32_t index;
    uint32_t hook;
    void *context;
    size_t bytes;
    mbpf_error_t error;
    mbpf_outcome_t outcome;
    mbpf_container_info_t info;
    mbpf_usage_t usage;
    mbpf_map_info_t map;
    mbpf_fault_t (*change)(mbpf_device_t *device, const char *name, mbpf_error_t *error);
    mbpf_fault_t fault;
    uint32_t position;
    char text[LOG_PIECE];
    bool is_there;
} ask_t;

static int _tell(const ask_t *ask)
{
    if (ask->fault == MBPF_FAULT_NONE) {
        return 0;
    }
    printf("%s: %s: at %" PRIu32 ", found %" PRIu32 ", allowed %" PRIu32 "\n", ask->name,
           mbpf_fault_name(ask->fault), ask->error.where, ask->error.found, ask->error.allowed);
    return 1;
}

static void _at(mbpf_device_t *device, void *arg)
{
    ask_t *ask = arg;

    ask->is_there = mbpf_container_at(device, ask->index, &ask->info);
}

static void _find(mbpf_device_t *device, void *arg)
{
    ask_t *ask = arg;

    ask->is_there = mbpf_container_find(device, ask->name, &ask->info);
    mbpf_device_usage(device, &ask->usage);
}

static void _run(mbpf_device_t *device, void *arg)
{
    ask_t *ask = arg;

    ask->fault = mbpf_container_run(device, ask->name, ask->hook, ask->context, ask->bytes,
                                    MBPF_READ_WRITE, &ask->outcome, &ask->error);
}

static void _change(mbpf_device_t *device, void *arg)
{
    ask_t *ask = arg;

    ask->fault = ask->change(device, ask->name, &ask->error);
}

static void _read_log(mbpf_device_t *device, void *arg)
{
    ask_t *ask = arg;

    ask->bytes = mbpf_device_log(device, &ask->position, ask->text, sizeof(ask->text));
}

/* Map number `index`, and its entry from `position` on: the key in `text`, the value behind it */
static void _read_map(mbpf_device_t *device, void *arg)
{
    ask_t *ask = arg;
    mbpf_map_t map;

    ask->is_there = false;
    ask->fault = mbpf_container_map(device, ask->name, ask->index, &map, &ask->error);
    mbpf_map_describe(&map, &ask->map);
    while (!ask->is_there && ask->map.value_bytes <= VALUE_ROOM &&
           mbpf_map_next_key(&map, &ask->position, ask->text, ask->map.key_bytes, NULL) == 0) {
        ask->is_there = mbpf_map_lookup(&map, ask->text, ask->map.key_bytes, &ask->text[KEY_ROOM],
                                        ask->map.value_bytes, NULL) == 0;
    }
}

static int _list(void)
{
    ask_t ask = { 0 };

    printf("%-23s %-8s %-11s %8s %6s %8s\n", "NAME", "STATE", "ENGINE", "RUNS", "FAULTS", "BYTES");
    for (; ask.index < MBPF_MAX_CONTAINERS; ask.index++) {
        microbpf_call(_at, &ask);
        if (ask.is_there) {
            printf("%-23s %-8s %-11s %8" PRIu32 " %6" PRIu32 " %8" PRIu32 "\n", ask.info.name,
                   mbpf_state_name(ask.info.state), ask.info.is_compiled ? "jit" : "interpreter",
                   ask.info.runs, ask.info.faults, ask.info.image_bytes);
        }
    }
    return 0;
}

static int _load(const char *name)
{
    ask_t ask = { .name = name };

    ask.fault = microbpf_install_own(name, &ask.error);
    return _tell(&ask);
}

static int _run_once(const char *name, const char *hook, const char *hex)
{
    static uint8_t context[CONTEXT_SIZE];
    ask_t ask = { .name = name, .hook = hook ? scn_u32_dec(hook, strlen(hook)) : 0 };

    if (hex) {
        if (strlen(hex) > 2 * sizeof(context) || strlen(hex) % 2 != 0) {
            printf("a context has at most %u bytes, two digits each\n", (unsigned)sizeof(context));
            return 1;
        }
        ask.context = context;
        ask.bytes = fmt_hex_bytes(context, hex);
    }
    microbpf_call(_run, &ask);
    if (_tell(&ask) != 0) {
        return 1;
    }
    if (ask.outcome.trap != MBPF_TRAP_NONE) {
        printf("%s: %s at slot %" PRIu32 ", address 0x%" PRIx32 "\n", name,
               mbpf_trap_name(ask.outcome.trap), ask.outcome.pc, (uint32_t)ask.outcome.address);
        return 1;
    }
    printf("result %" PRId32 " (0x%08" PRIx32 "%08" PRIx32 "), %" PRIu32 " instructions\n",
           (int32_t)ask.outcome.result, (uint32_t)(ask.outcome.result >> 32),
           (uint32_t)ask.outcome.result, ask.outcome.instructions);
    for (size_t i = 0; i < ask.bytes; i++) {
        printf("%02x%s", context[i], i + 1 < ask.bytes ? "" : "\n");
    }
    return 0;
}

static bool _must_find(ask_t *ask)
{
    microbpf_call(_find, ask);
    if (!ask->is_there) {
        printf("%s: %s\n", ask->name, mbpf_fault_name(MBPF_FAULT_CONTAINER_UNKNOWN));
    }
    return ask->is_there;
}

static int _usage_of_device(void)
{
    ask_t ask = { .name = "" };

    microbpf_call(_find, &ask);
    printf("ram   %" PRIu32 " of %" PRIu32 " bytes free\n", ask.usage.ram_free,
           ask.usage.ram_bytes);
    printf("code  %" PRIu32 " of %" PRIu32 " bytes free\n", ask.usage.code_free,
           ask.usage.code_bytes);
    printf("slots %" PRIu32 " of %" PRIu32 " free, %" PRIu32 " bytes each\n", ask.usage.slots_free,
           ask.usage.slots, ask.usage.slot_bytes);
    printf("stack %" PRIu32 " of %" PRIu32 " bytes used by the deepest run\n",
           ask.usage.deepest_stack, ask.usage.stack_bytes);
    return 0;
}

static int _stats(const char *name)
{
    ask_t ask = { .name = name };

    if (!_must_find(&ask)) {
        return 1;
    }
    printf("state         %s\n", mbpf_state_name(ask.info.state));
    if (ask.info.state == MBPF_STATE_REFUSED) {
        printf("refused for   %s\n", mbpf_fault_name(ask.info.refusal));
    }
    printf("engine        %s\n", ask.info.is_compiled ? "jit" : "interpreter");
    printf("runs          %" PRIu32 ", %" PRIu32 " faults, %" PRIu32 " skipped\n", ask.info.runs,
           ask.info.faults, ask.info.skipped);
    printf("instructions  %" PRIu32 "\n", (uint32_t)ask.info.instructions);
    printf("busy          %" PRIu32 " us\n", (uint32_t)ask.info.busy_us);
    printf("latest        %" PRIu32 " us\n", ask.info.latest_us);
    printf("bytes         image %" PRIu32 ", memory %" PRIu32 ", code %" PRIu32 "\n",
           ask.info.image_bytes, ask.info.memory_bytes, ask.info.code_bytes);
    return 0;
}

static int _fault(const char *name)
{
    ask_t ask = { .name = name };

    if (!_must_find(&ask)) {
        return 1;
    }
    const mbpf_fault_record_t *fault = &ask.info.fault;
    if (fault->trap == MBPF_TRAP_NONE) {
        printf("%s: no fault\n", name);
        return 0;
    }
    printf("%s: %s at slot %" PRIu32 ", address 0x%" PRIx32 ", %u bytes, in run %" PRIu32
           ", %" PRIu32 " ms after the start\n", name, mbpf_trap_name(fault->trap), fault->pc,
           (uint32_t)fault->address, fault->bytes, fault->run, (uint32_t)(fault->time_us / 1000));
    return 0;
}

static void _print_hex(const char *bytes, size_t count, const char *end)
{
    for (size_t i = 0; i < count; i++) {
        printf("%02x", (uint8_t)bytes[i]);
    }
    printf("%s", end);
}

static int _maps(const char *name)
{
    ask_t ask = { .name = name };

    for (;; ask.index++) {
        ask.position = 0;
        microbpf_call(_read_map, &ask);
        if (ask.fault != MBPF_FAULT_NONE) {     /* Behind the last one, or there is no container. */
            return ask.fault == MBPF_FAULT_MAP_UNKNOWN ? 0 : _tell(&ask);
        }
        printf("%" PRIu32 ": %s, %u -> %" PRIu32 " bytes, %" PRIu32 " %s\n", ask.index,
               ask.map.kind == MBPF_MAP_HASH ? "hash" :
               ask.map.kind == MBPF_MAP_ARRAY ? "array" : "ring buffer",
               ask.map.key_bytes, ask.map.value_bytes, ask.map.max_entries,
               ask.map.key_bytes ? "entries" : "bytes");
        for (; ask.is_there; microbpf_call(_read_map, &ask)) {
            _print_hex(ask.text, ask.map.key_bytes, ": ");
            _print_hex(&ask.text[KEY_ROOM], ask.map.value_bytes, "\n");
        }
    }
}

static int _change_by(const char *name,
                      mbpf_fault_t (*change)(mbpf_device_t *, const char *, mbpf_error_t *))
{
    ask_t ask = { .name = name, .change = change };

    microbpf_call(_change, &ask);
    return _tell(&ask);
}

static int _log(void)
{
    ask_t ask = { 0 };

    do {
        microbpf_call(_read_log, &ask);
        printf("%.*s", (int)ask.bytes, ask.text);
    } while (ask.bytes == sizeof(ask.text));
    return 0;
}

static int _usage(const char *command)
{
    printf("usage: %s list | log | stats [NAME] | load NAME | run NAME [HOOK [HEX]] |\n"
           "       fault NAME | map NAME | stop NAME | start NAME | rm NAME\n", command);
    return 1;
}

static int _mbpf(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    const char *name = argc > 2 ? argv[2] : NULL;

    if (!strcmp(verb, "list")) {
        return _list();
    }
    if (!strcmp(verb, "log")) {
        return _log();
    }
    if (!strcmp(verb, "stats")) {
        return name ? _stats(name) : _usage_of_device();
    }
    if (!name) {
        return _usage(argv[0]);
    }
    if (!strcmp(verb, "load")) {
        return _load(name);
    }
    if (!strcmp(verb, "run")) {
        return _run_once(name, argc > 3 ? argv[3] : NULL, argc > 4 ? argv[4] : NULL);
    }
    if (!strcmp(verb, "fault")) {
        return _fault(name);
    }
    if (!strcmp(verb, "map")) {
        return _maps(name);
    }
    if (!strcmp(verb, "stop")) {
        return _change_by(name, mbpf_container_stop);
    }
    if (!strcmp(verb, "start")) {
        return _change_by(name, mbpf_container_start);
    }
    if (!strcmp(verb, "rm")) {
        return _change_by(name, mbpf_container_remove);
    }
    return _usage(argv[0]);
}

SHELL_COMMAND(mbpf, "Containers: list, load, run, stats, fault, map, log, stop, start, rm", _mbpf);

/** @} */
