/* SPDX-License-Identifier: MIT */
#pragma once

/**
 * @defgroup    sys_microbpf_legacy  microbpf: requests of the prototype
 * @ingroup     sys_microbpf
 * @{
 *
 * @file
 * @brief       What clients of the µBPF prototype send: text in fixed fields
 *
 * Whoever sends it is nobody: a request chooses among what is installed, and may only narrow the
 * rights that a container has from its image and the policy.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief   Words of a set of helpers: bit n of word i is helper 32 i + n
 */
#define MICROBPF_LEGACY_HELPER_WORDS    (8U)

/**
 * @brief   Bytes of the longest URL of a manifest, with its zero
 */
#define MICROBPF_LEGACY_URL_SIZE        (128U)

/**
 * @brief   Bytes that @ref microbpf_legacy_result needs at most
 */
#define MICROBPF_LEGACY_RESULT_SIZE     (40U)

/**
 * @brief   When the prototype looked at the helpers of a program; here it is always before a run
 */
typedef enum {
    MICROBPF_LEGACY_AHEAD_OF_TIME,
    MICROBPF_LEGACY_LOAD_TIME,
    MICROBPF_LEGACY_PRE_FLIGHT,
    MICROBPF_LEGACY_RUN_TIME,
} microbpf_legacy_check_t;

/**
 * @brief   A request to run a program
 */
typedef struct {
    uint32_t helpers[MICROBPF_LEGACY_HELPER_WORDS]; /**< that it may call */
    uint8_t slot;           /**< 0 to 15: container mbpf-0 to mbpf-15 */
    uint8_t layout;         /**< text, Femto-Containers, extended header, ELF: passed over */
    uint8_t check;          /**< @ref microbpf_legacy_check_t */
    bool is_femto;          /**< target VM Femto-Containers: passed over, there is one engine */
    bool lists_helpers;     /**< `helpers` counts, not what the image asks for */
    bool is_compiled;       /**< by the JIT: passed over, the image chooses */
    bool compiles;          /**< now: passed over */
} microbpf_legacy_run_t;

/**
 * @brief   A request to install what a manifest describes
 */
typedef struct {
    char url[MICROBPF_LEGACY_URL_SIZE]; /**< of the manifest */
    char manifest[64];                  /**< its file, as the client named it */
    microbpf_legacy_run_t run;          /**< where it goes, and helpers */
    bool erases;                        /**< even if something is there */
} microbpf_legacy_pull_t;

/**
 * @brief   Reads 4 hexadecimal digits of configuration, then 2 for each helper
 *
 * @param[in]   text    of the request
 * @param[in]   bytes   of it
 * @param[out]  run     what it says
 *
 * @return  false if it is something else
 */
bool microbpf_legacy_read_run(const char *text, size_t bytes, microbpf_legacy_run_t *run);

/**
 * @brief   Reads address, manifest, interface, configuration, helpers and 0 or 1, with | between
 *
 * The address has lost its colons: 4 digits, then groups of 4 behind a gap of zeros.
 *
 * @param[in]   text    of the request
 * @param[in]   bytes   of it
 * @param[out]  pull    what it says
 *
 * @return  false if it is something else, or too long for a URL
 */
bool microbpf_legacy_read_pull(const char *text, size_t bytes, microbpf_legacy_pull_t *pull);

/**
 * @brief   Whether a request lets a program run that calls these helpers
 *
 * @param[in]   run     request
 * @param[in]   helpers what the program calls, @ref MICROBPF_LEGACY_HELPER_WORDS words
 *
 * @return  whether all of them are in its list, or it has none
 */
bool microbpf_legacy_allows(const microbpf_legacy_run_t *run, const uint32_t *helpers);

/**
 * @brief   The answer to a run: {"result": NUMBER}
 *
 * @param[in]   result  what the program returned
 * @param[out]  text    @ref MICROBPF_LEGACY_RESULT_SIZE bytes, without a zero at the end
 *
 * @return  bytes of the answer
 */
size_t microbpf_legacy_result(int64_t result, char *text);

#ifdef __cplusplus
}
#endif

/** @} */
