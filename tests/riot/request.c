// SPDX-License-Identifier: MIT
// What clients of the prototype send is read as they mean it, and nothing else is. The requests are
// those of its encoder.
#include <string.h>

#include "check.h"
#include "microbpf_legacy.h"

#define ALL_HELPERS "010302101112133031323334404142435250512060617071728081828384"

unsigned checks_failed;

static microbpf_legacy_run_t read_run(const char* text) {
    microbpf_legacy_run_t run = {0};
    CHECK(microbpf_legacy_read_run(text, strlen(text), &run));
    return run;
}

static void test_runs(void) {
    microbpf_legacy_run_t run = read_run("0140" ALL_HELPERS);
    CHECK(!run.is_femto && run.lists_helpers && !run.is_compiled && !run.compiles);
    CHECK_EQUAL(run.slot, 0);
    CHECK_EQUAL(run.layout, 2);
    CHECK_EQUAL(run.check, MICROBPF_LEGACY_PRE_FLIGHT);
    unsigned count = 0;
    for (unsigned id = 0; id < 256; ++id) {
        count += run.helpers[id / 32] >> id % 32 & 1;
    }
    CHECK_EQUAL(count, (sizeof ALL_HELPERS - 1) / 2);
    CHECK_EQUAL(run.helpers[0], 1u << 1 | 1u << 2 | 1u << 3 | 0xfu << 16);

    run = read_run("0c60");
    CHECK(run.is_compiled && run.compiles && run.lists_helpers && !run.is_femto);
    CHECK_EQUAL(run.layout, 3);
    CHECK_EQUAL(run.check, MICROBPF_LEGACY_AHEAD_OF_TIME);
    run = read_run("0723");
    CHECK(run.is_femto && !run.lists_helpers && run.is_compiled && !run.compiles);
    CHECK_EQUAL(run.slot, 1);
    CHECK_EQUAL(run.layout, 1);
    run = read_run("0164");
    CHECK_EQUAL(run.slot, 2);
    CHECK_EQUAL(run.layout, 3);
}

static void test_rights(void) {
    uint32_t asked[MICROBPF_LEGACY_HELPER_WORDS] = {1u << 1, 0, 1u << 0};  // 0x01, 0x40
    microbpf_legacy_run_t run = read_run("01400140");
    CHECK(microbpf_legacy_allows(&run, asked));
    run = read_run("014001");
    CHECK(!microbpf_legacy_allows(&run, asked));
    run = read_run("0340");  // What the image asks for.
    CHECK(microbpf_legacy_allows(&run, asked));
}

static void test_bad_runs(void) {
    const char* const bad[] = {"", "0", "014", "01400", "014g", "0140 1", "01400x", "1140", "f140"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        microbpf_legacy_run_t run;
        CHECK(!microbpf_legacy_read_run(bad[i], strlen(bad[i]), &run));
    }
}

static void test_pulls(void) {
    const char text[] = "fe80cc9a73fffe4a47f6|suit_manifest0.signed|6|1c0|" ALL_HELPERS "|1";
    microbpf_legacy_pull_t pull;
    CHECK(microbpf_legacy_read_pull(text, sizeof text - 1, &pull));
    CHECK(strcmp(pull.url, "coap://[fe80::cc9a:73ff:fe4a:47f6%6]/suit_manifest0.signed") == 0);
    CHECK(strcmp(pull.manifest, "suit_manifest0.signed") == 0);
    CHECK(pull.erases);
    CHECK_EQUAL(pull.run.layout, 2);
    CHECK_EQUAL(pull.run.check, MICROBPF_LEGACY_RUN_TIME);
    const char whole[] = "20010db8000000000000000000000001|m|17|4||0";
    CHECK(microbpf_legacy_read_pull(whole, sizeof whole - 1, &pull));
    CHECK(strcmp(pull.url, "coap://[2001:0db8:0000:0000:0000:0000:0000:0001%17]/m") == 0);
    CHECK(!pull.erases);
    CHECK_EQUAL(pull.run.slot, 2);
    for (size_t bytes = 0; bytes < sizeof whole - 1; ++bytes) {
        CHECK(!microbpf_legacy_read_pull(whole, bytes, &pull));
    }
}

static void test_bad_pulls(void) {
    const char* const bad[] = {
        "|m|6|140||1",          "fe80|m|6|140||1",        "fe80cc9|m|6|140||1",
        "fe80cc9g|m|6|140||1",  "fe80cc9a||6|140||1",     "fe80cc9a|a b|6|140||1",
        "fe80cc9a|m||140||1",   "fe80cc9a|m|x|140||1",    "fe80cc9a|m|123456|140||1",
        "fe80cc9a|m|6||0|1",    "fe80cc9a|m|6|01400|1|1", "fe80cc9a|m|6|140|123|1",
        "fe80cc9a|m|6|140||2",  "fe80cc9a|m|6|140||",     "fe80cc9a|m|6|140||1|",
        "fe80cc9a|m|6|140||11",
        "fe80cc9a|0123456789012345678901234567890123456789012345678901234567890123|6|140||1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        microbpf_legacy_pull_t pull;
        CHECK(!microbpf_legacy_read_pull(bad[i], strlen(bad[i]), &pull));
    }
}

static void check_result(int64_t result, const char* expected) {
    char text[MICROBPF_LEGACY_RESULT_SIZE + 1];
    memset(text, 0, sizeof text);
    CHECK_EQUAL(microbpf_legacy_result(result, text), strlen(expected));
    CHECK(strcmp(text, expected) == 0);
}

int main(void) {
    test_runs();
    test_rights();
    test_bad_runs();
    test_pulls();
    test_bad_pulls();
    check_result(0, "{\"result\": 0}");
    check_result(-1, "{\"result\": -1}");
    check_result(INT64_MAX, "{\"result\": 9223372036854775807}");
    check_result(INT64_MIN, "{\"result\": -9223372036854775808}");
    return checks_failed == 0 ? 0 : 1;
}
