/* SPDX-License-Identifier: MIT */

/**
 * @ingroup     sys_microbpf_legacy
 * @{
 *
 * @file
 * @brief       The CoAP resources of the prototype, for its clients, on RIOT's CoAP server
 *
 * Slot N is the container mbpf-N, which SUIT installs. Its first hook runs.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "microbpf.h"
#include "microbpf_legacy.h"
#include "net/gcoap.h"
#include "suit/transport/worker.h"

#define WORKERS     (4U)

typedef struct {
    const microbpf_legacy_run_t *run;
    char name[MBPF_MAX_NAME + 1];
    char text[MICROBPF_LEGACY_RESULT_SIZE];
    mbpf_reply_t reply;
    bool is_there;
    bool is_running[WORKERS];
    unsigned code;      /* 0: done */
    size_t bytes;
} ask_t;

static void _name(char *name, unsigned slot)
{
    snprintf(name, MBPF_MAX_NAME + 1, "mbpf-%u", slot);
}

static unsigned _code_of(mbpf_fault_t fault)
{
    switch (fault) {
    case MBPF_FAULT_NONE:
        return 0;
    case MBPF_FAULT_CONTAINER_UNKNOWN:
    case MBPF_FAULT_HOOK_UNKNOWN:
        return COAP_CODE_PATH_NOT_FOUND;
    case MBPF_FAULT_CONTAINER_BUSY:
    case MBPF_FAULT_QUOTA_EXHAUSTED:
        return COAP_CODE_SERVICE_UNAVAILABLE;
    default:
        return COAP_CODE_INTERNAL_SERVER_ERROR;
    }
}

/* Whether the container may run as the request wants it. */
static bool _admit(mbpf_device_t *device, ask_t *ask)
{
    mbpf_container_info_t info;

    _name(ask->name, ask->run->slot);
    if (!mbpf_container_find(device, ask->name, &info)) {
        ask->code = COAP_CODE_PATH_NOT_FOUND;
    }
    else if (!microbpf_legacy_allows(ask->run, info.helpers)) {
        ask->code = COAP_CODE_FORBIDDEN;
    }
    return ask->code == 0;
}

static void _run(mbpf_device_t *device, void *arg)
{
    ask_t *ask = arg;
    mbpf_outcome_t outcome;

    if (!_admit(device, ask)) {
        return;
    }
    ask->code = _code_of(mbpf_container_run(device, ask->name, 0, NULL, 0, MBPF_READ, &outcome,
                                            NULL));
    if (ask->code == 0 && outcome.trap != MBPF_TRAP_NONE) {
        ask->code = COAP_CODE_INTERNAL_SERVER_ERROR;
    }
    if (ask->code == 0) {
        ask->bytes = microbpf_legacy_result((int64_t)outcome.result, ask->text);
    }
}

static void _answer(mbpf_device_t *device, void *arg)
{
    ask_t *ask = arg;
    mbpf_hook_info_t hook;

    if (!_admit(device, ask)) {
        return;
    }
    ask->code = !mbpf_hook_at(device, ask->name, 0, &hook)
                ? COAP_CODE_PATH_NOT_FOUND
                : _code_of(mbpf_container_call(device, hook.path, COAP_METHOD_POST, NULL, 0,
                                               &ask->reply, NULL));
}

static void _boot(mbpf_device_t *device, void *arg)
{
    ask_t *ask = arg;

    if (_admit(device, ask)) {
        ask->code = _code_of(mbpf_container_start(device, ask->name, NULL));
    }
}

static void _look(mbpf_device_t *device, void *arg)
{
    ask_t *ask = arg;

    for (unsigned i = 0; i < WORKERS; i++) {
        mbpf_container_info_t info;
        _name(ask->name, i);
        ask->is_running[i] = mbpf_container_find(device, ask->name, &info) && info.is_running;
    }
}

static void _find(mbpf_device_t *device, void *arg)
{
    ask_t *ask = arg;
    mbpf_container_info_t info;

    _name(ask->name, ask->run->slot);
    ask->is_there = mbpf_container_find(device, ask->name, &info);
}

static ssize_t _respond(coap_pkt_t *pdu, uint8_t *buf, size_t len, unsigned code, int format,
                        const void *payload, size_t bytes)
{
    gcoap_resp_init(pdu, buf, len, code);
    if (format >= 0) {
        coap_opt_add_format(pdu, (uint16_t)format);
    }
    ssize_t head = coap_opt_finish(pdu, bytes ? COAP_OPT_FINISH_PAYLOAD : COAP_OPT_FINISH_NONE);
    if (head < 0 || bytes > pdu->payload_len) {
        return gcoap_response(pdu, buf, len, COAP_CODE_INTERNAL_SERVER_ERROR);
    }
    if (bytes) {
        memcpy(pdu->payload, payload, bytes);
    }
    return head + (ssize_t)bytes;
}

static ssize_t _say(coap_pkt_t *pdu, uint8_t *buf, size_t len, unsigned code, const char *text)
{
    return _respond(pdu, buf, len, code, COAP_FORMAT_TEXT, text, strlen(text));
}

/* Reads the request, which lies where the answer is written to, and calls a function about it:
 * the code of what is wrong, or 0. */
static unsigned _do(const coap_pkt_t *pdu, microbpf_call_t fn, ask_t *ask)
{
    microbpf_legacy_run_t run;

    if (!microbpf_legacy_read_run((const char *)pdu->payload, pdu->payload_len, &run)) {
        return COAP_CODE_BAD_REQUEST;
    }
    ask->run = &run;
    microbpf_call(fn, ask);
    ask->run = NULL;
    return ask->code;
}

static ssize_t _handle_run(coap_pkt_t *pdu, uint8_t *buf, size_t len, coap_request_ctx_t *ctx)
{
    (void)ctx;
    ask_t ask = { 0 };
    unsigned code = _do(pdu, _run, &ask);

    return code ? gcoap_response(pdu, buf, len, code)
                : _respond(pdu, buf, len, COAP_CODE_CHANGED, COAP_FORMAT_TEXT, ask.text,
                           ask.bytes);
}

static ssize_t _handle_packet(coap_pkt_t *pdu, uint8_t *buf, size_t len, coap_request_ctx_t *ctx)
{
    (void)ctx;
    static uint8_t payload[CONFIG_MICROBPF_LEGACY_PAYLOAD_SIZE];
    ask_t ask = { .reply = { .payload = payload, .room = sizeof(payload) } };
    unsigned code = _do(pdu, _answer, &ask);

    return code ? gcoap_response(pdu, buf, len, code)
                : _respond(pdu, buf, len, ask.reply.code,
                           ask.reply.format == MBPF_NO_FORMAT ? -1 : ask.reply.format, payload,
                           ask.reply.bytes);
}

static ssize_t _handle_long(coap_pkt_t *pdu, uint8_t *buf, size_t len, coap_request_ctx_t *ctx)
{
    (void)ctx;
    ask_t ask = { 0 };
    unsigned code = _do(pdu, _boot, &ask);

    return code ? gcoap_response(pdu, buf, len, code)
                : _say(pdu, buf, len, COAP_CODE_CHANGED,
                       "VM Execution request sent successfully!");
}

static ssize_t _handle_running(coap_pkt_t *pdu, uint8_t *buf, size_t len, coap_request_ctx_t *ctx)
{
    (void)ctx;
    ask_t ask = { 0 };
    char text[sizeof("[false, false, false, false]")] = "[";

    microbpf_call(_look, &ask);
    for (unsigned i = 0; i < WORKERS; i++) {
        strcat(text, i ? ", " : "");
        strcat(text, ask.is_running[i] ? "true" : "false");
    }
    strcat(text, "]");
    return _say(pdu, buf, len, COAP_CODE_VALID, text);
}

static ssize_t _handle_pull(coap_pkt_t *pdu, uint8_t *buf, size_t len, coap_request_ctx_t *ctx)
{
    (void)ctx;
    microbpf_legacy_pull_t pull;
    ask_t ask = { .run = &pull.run };
    char text[sizeof("SUIT pull request processed successfully for manifest: ") +
              sizeof(pull.manifest)];

    if (!microbpf_legacy_read_pull((const char *)pdu->payload, pdu->payload_len, &pull)) {
        return gcoap_response(pdu, buf, len, COAP_CODE_BAD_REQUEST);
    }
    microbpf_call(_find, &ask);
    if (ask.is_there && !pull.erases) {
        return gcoap_response(pdu, buf, len, COAP_CODE_CONFLICT);
    }
    suit_worker_trigger(pull.url, strlen(pull.url));
    snprintf(text, sizeof(text), "SUIT pull request processed successfully for manifest: %s",
             pull.manifest);
    return _say(pdu, buf, len, COAP_CODE_CHANGED, text);
}

/* In the order of their paths, as the server wants it. */
static const coap_resource_t _resources[] = {
    { "/long-running", COAP_POST, _handle_long, NULL },
    { "/running_vm", COAP_GET, _handle_running, NULL },
    { "/short-execution", COAP_POST, _handle_run, NULL },
    { "/suit/pull", COAP_POST, _handle_pull, NULL },
    { "/with_coap_pkt", COAP_POST, _handle_packet, NULL },
};

static gcoap_listener_t _listener = {
    .resources = _resources,
    .resources_len = ARRAY_SIZE(_resources),
};

void microbpf_legacy_start(void)
{
    gcoap_register_listener(&_listener);
}

/** @} */
