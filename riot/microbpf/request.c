/* SPDX-License-Identifier: MIT */

/**
 * @ingroup     sys_microbpf_legacy
 * @{
 *
 * @file
 * @brief       The prototype's requests, read: plain C, of no use of RIOT
 */

#include <string.h>

#include "microbpf_legacy.h"

#define CONFIG_DIGITS       (4U)
#define GROUP_DIGITS        (4U)
#define MAX_GROUPS          (8U)
#define PULL_FIELDS         (6U)
#define MAX_INTERFACE_DIGITS (5U)

typedef struct {
    const char *text;
    size_t bytes;
} field_t;

static int _digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
         : -1;
}

static bool _read_hex(field_t field, unsigned *number)
{
    *number = 0;
    for (size_t i = 0; i < field.bytes; i++) {
        int digit = _digit(field.text[i]);
        if (digit < 0) {
            return false;
        }
        *number = *number << 4 | (unsigned)digit;
    }
    return true;
}

static bool _read_config(field_t field, microbpf_legacy_run_t *run)
{
    unsigned config;

    if (field.bytes == 0 || field.bytes > CONFIG_DIGITS || !_read_hex(field, &config) ||
        config >> 12 != 0) {
        return false;
    }
    *run = (microbpf_legacy_run_t){
        .is_femto = config & 1,
        .slot = config >> 1 & 15,
        .layout = config >> 5 & 3,
        .check = config >> 7 & 3,
        .lists_helpers = !(config >> 9 & 1),
        .is_compiled = config >> 10 & 1,
        .compiles = config >> 11 & 1,
    };
    return true;
}

static bool _read_helpers(field_t field, microbpf_legacy_run_t *run)
{
    if (field.bytes % 2 != 0) {
        return false;
    }
    for (size_t i = 0; i < field.bytes; i += 2) {
        unsigned id;
        if (!_read_hex((field_t){ field.text + i, 2 }, &id)) {
            return false;
        }
        run->helpers[id / 32] |= (uint32_t)1 << id % 32;
    }
    return true;
}

bool microbpf_legacy_read_run(const char *text, size_t bytes, microbpf_legacy_run_t *run)
{
    return bytes >= CONFIG_DIGITS && _read_config((field_t){ text, CONFIG_DIGITS }, run) &&
           _read_helpers((field_t){ text + CONFIG_DIGITS, bytes - CONFIG_DIGITS }, run);
}

/* Everything there is room for, or nothing more. */
typedef struct {
    char *text;
    size_t room;
    bool is_full;
} writer_t;

static void _put(writer_t *out, field_t field)
{
    out->is_full = out->is_full || field.bytes >= out->room;
    if (!out->is_full) {
        memcpy(out->text, field.text, field.bytes);
        out->text += field.bytes;
        out->room -= field.bytes;
        *out->text = '\0';
    }
}

static void _put_text(writer_t *out, const char *text)
{
    _put(out, (field_t){ text, strlen(text) });
}

static bool _put_address(writer_t *out, field_t digits)
{
    size_t groups = digits.bytes / GROUP_DIGITS;

    if (digits.bytes % GROUP_DIGITS != 0 || groups < 2 || groups > MAX_GROUPS) {
        return false;
    }
    for (size_t i = 0; i < groups; i++) {
        field_t group = { digits.text + i * GROUP_DIGITS, GROUP_DIGITS };
        unsigned number;
        if (!_read_hex(group, &number)) {
            return false;
        }
        bool is_behind_gap = i == 1 && groups < MAX_GROUPS;
        _put_text(out, i == 0 ? "" : is_behind_gap ? "::" : ":");
        _put(out, group);
    }
    return true;
}

static bool _is_number(field_t field)
{
    for (size_t i = 0; i < field.bytes; i++) {
        if (field.text[i] < '0' || field.text[i] > '9') {
            return false;
        }
    }
    return field.bytes != 0 && field.bytes <= MAX_INTERFACE_DIGITS;
}

static bool _is_file(field_t field)
{
    for (size_t i = 0; i < field.bytes; i++) {
        if (field.text[i] <= ' ' || field.text[i] > '~') {
            return false;
        }
    }
    return field.bytes != 0 && field.bytes < sizeof(((microbpf_legacy_pull_t *)0)->manifest);
}

static bool _split(const char *text, size_t bytes, field_t *fields)
{
    size_t count = 0;

    fields[0] = (field_t){ text, 0 };
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] != '|') {
            fields[count].bytes++;
        }
        else if (++count < PULL_FIELDS) {
            fields[count] = (field_t){ text + i + 1, 0 };
        }
        else {
            return false;
        }
    }
    return count == PULL_FIELDS - 1;
}

bool microbpf_legacy_read_pull(const char *text, size_t bytes, microbpf_legacy_pull_t *pull)
{
    field_t fields[PULL_FIELDS];
    writer_t url = { pull->url, sizeof(pull->url), false };

    if (!_split(text, bytes, fields) || !_is_file(fields[1]) || !_is_number(fields[2]) ||
        !_read_config(fields[3], &pull->run) || !_read_helpers(fields[4], &pull->run) ||
        fields[5].bytes != 1 || (*fields[5].text != '0' && *fields[5].text != '1')) {
        return false;
    }
    pull->erases = *fields[5].text == '1';
    memcpy(pull->manifest, fields[1].text, fields[1].bytes);
    pull->manifest[fields[1].bytes] = '\0';
    _put_text(&url, "coap://[");
    if (!_put_address(&url, fields[0])) {
        return false;
    }
    _put_text(&url, "%");
    _put(&url, fields[2]);
    _put_text(&url, "]/");
    _put(&url, fields[1]);
    return !url.is_full;
}

bool microbpf_legacy_allows(const microbpf_legacy_run_t *run, const uint32_t *helpers)
{
    for (size_t i = 0; run->lists_helpers && i < MICROBPF_LEGACY_HELPER_WORDS; i++) {
        if (helpers[i] & ~run->helpers[i]) {
            return false;
        }
    }
    return true;
}

size_t microbpf_legacy_result(int64_t result, char *text)
{
    static const char head[] = "{\"result\": ";
    char digits[20];
    size_t count = 0;
    size_t length = sizeof(head) - 1;
    uint64_t left = result < 0 ? 0 - (uint64_t)result : (uint64_t)result;

    memcpy(text, head, length);
    if (result < 0) {
        text[length++] = '-';
    }
    do {
        digits[count++] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    while (count) {
        text[length++] = digits[--count];
    }
    text[length++] = '}';
    return length;
}

/** @} */
