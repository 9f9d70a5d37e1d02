// SPDX-License-Identifier: MIT
// µBPF inside a program of a PC, in plain C: a device whose flash is an array, without a network.
// Its own code decides when hooks run, what programs may see, and who may install them.
//
//     build/mbpf build examples/embed/programs/heater.c -o heater.mbpf
//     build/host/examples/embed_host heater.mbpf
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "mbpf.h"

enum { SECTOR_BYTES = 4096, SECTORS = 8, MAX_IMAGE_BYTES = 2 * SECTOR_BYTES };
enum { HOOK_CONTROL = 1 };  // What this firmware calls its hook.

struct control {
    int16_t temperature;
    uint8_t heater;
};

static unsigned char flash[SECTORS * SECTOR_BYTES] __attribute__((aligned(8)));
static unsigned char ram[8192] __attribute__((aligned(8)));
static mbpf_device_t device;

static int erase(void* context, uint32_t offset) {
    memset((unsigned char*)context + offset, 0xff, SECTOR_BYTES);
    return 0;
}

static int program(void* context, uint32_t offset, const void* from, size_t bytes) {
    memcpy((unsigned char*)context + offset, from, bytes);
    return 0;
}

static uint64_t now_us(void) {
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static void sha256(const uint8_t* message, size_t bytes, uint8_t digest[MBPF_DIGEST_BYTES]) {
    crypto_hash_sha256(digest, message, bytes);
}

static int verify(const uint8_t key[MBPF_KEY_BYTES], const uint8_t* message, size_t bytes,
                  const uint8_t signature[MBPF_SIGNATURE_BYTES]) {
    return crypto_sign_verify_detached(signature, message, bytes, key) == 0;
}

static int fail(const char* what, const mbpf_error_t* error) {
    fprintf(stderr, "%s: %s (where %u, found %u, allowed %u)\n", what,
            mbpf_fault_name(error->fault), (unsigned)error->where, (unsigned)error->found,
            (unsigned)error->allowed);
    return 1;
}

static size_t read_file(const char* name, unsigned char* to, size_t room) {
    FILE* file = fopen(name, "rb");
    size_t bytes = file == NULL ? 0 : fread(to, 1, room, file);
    if (file != NULL) {
        fclose(file);
    }
    return bytes;
}

static void show(void) {
    char text[256];
    uint32_t position = 0;
    mbpf_container_info_t info;
    fwrite(text, 1, mbpf_device_log(&device, &position, text, sizeof text), stdout);
    for (uint32_t i = 0; i < MBPF_MAX_CONTAINERS; ++i) {
        if (mbpf_container_at(&device, i, &info)) {
            printf("%s: %s, %u runs, %u faults, last fault %s\n", info.name,
                   mbpf_state_name(info.state), (unsigned)info.runs, (unsigned)info.faults,
                   mbpf_trap_name(info.fault.trap));
        }
    }
}

int main(int argc, char** argv) {
    static unsigned char image[MAX_IMAGE_BYTES];
    mbpf_device_config_t config;
    mbpf_signer_t signer;
    mbpf_error_t error;
    struct control control = {190, 0};
    size_t bytes = argc == 2 ? read_file(argv[1], image, sizeof image) : 0;
    if (bytes == 0 || sodium_init() < 0) {
        fprintf(stderr, "usage: embed_host IMAGE\n");
        return 64;
    }

    memset(flash, 0xff, sizeof flash);
    memset(&config, 0, sizeof config);
    config.ram = ram;
    config.ram_bytes = sizeof ram;
    config.helpers = mbpf_standard_helpers();
    config.now_us = now_us;
    config.flash.memory = flash;
    config.flash.bytes = sizeof flash;
    config.flash.sector_bytes = SECTOR_BYTES;
    config.flash.context = flash;
    config.flash.erase = erase;
    config.flash.program = program;
    config.flash.journal_sectors = 1;
    config.flash.slot_sectors = 2;
    config.crypto.sha256 = sha256;
    config.crypto.verify = verify;
    config.board = "a program of this PC";
    config.version = "1";
    if (mbpf_device_open(&device, &config, &error) != MBPF_FAULT_NONE) {
        return fail("the storage", &error);
    }

    // Whose programs are taken, and what they may do at most: print, and run on events.
    memset(&signer, 0, sizeof signer);
    randombytes_buf(signer.key, sizeof signer.key);
    signer.helpers[0] = 1u << 1;
    signer.hook_kinds = 1u << MBPF_HOOK_EVENT;
    signer.run_instructions = 10000;
    if (mbpf_device_set_policy(&device, &signer, 1, &error) != MBPF_FAULT_NONE) {
        return fail("the policy", &error);
    }
    if (mbpf_install(&device, "heater", image, bytes, signer.key, &error) != MBPF_FAULT_NONE) {
        return fail(argv[1], &error);
    }

    for (; control.temperature <= 220; control.temperature += 10) {
        mbpf_hook_result_t result;
        mbpf_hook_run(&device, HOOK_CONTROL, &control, sizeof control, MBPF_READ_WRITE, &result);
        printf("%d.%d degrees: heater %s, %u programs ran\n", control.temperature / 10,
               control.temperature % 10, control.heater ? "on" : "off", (unsigned)result.ran);
    }
    show();
    return 0;
}
