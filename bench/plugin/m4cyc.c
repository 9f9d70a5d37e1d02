// SPDX-License-Identifier: MIT
/* m4cyc: QEMU TCG plugin (system mode, arm) that counts executed Thumb-2
 * instructions between two marker instructions and estimates Cortex-M4 cycles
 * with the documented timing of the Cortex-M4 TRM (ARM 100166, table 3-1 and
 * "load/store timings").
 *
 * Markers (architectural NOPs, DBG hint space):
 *     dbg #1   (F3AF 80F1)  region start: counters are zeroed
 *     dbg #2   (F3AF 80F2)  region stop : one line is written
 *     dbg #3   (F3AF 80F3)  pause   (region stays open, nothing is counted)
 *     dbg #4   (F3AF 80F4)  resume
 *
 * Arguments: out=FILE (default stderr), pcs=FILE (PC histogram at exit),
 *            dump=1 (print decode of each translated instruction)
 *
 * Output line (TAB separated):
 *   seq insns cyc_lo cyc_mid cyc_hi alu mul div load store multi br_taken br_not
 *   bytes_loaded... see print_region()
 *
 * Three estimates are kept at the same time:
 *   lo : branch refill P=1, UDIV/SDIV=3, no AGU stall, all legal pipelining
 *   mid: P=2 (indirect branch / load to PC: 3), UDIV/SDIV=6, AGU stall 1,
 *        +1 for a taken branch to a 32-bit instruction that is not word aligned
 *   hi : P=3, UDIV/SDIV=12, AGU stall 1, no load pipelining
 * Zero-wait-state memory, no bus contention, no exceptions.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "qemu_plugin_min.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

enum cls { C_ALU, C_MUL, C_DIV, C_LOAD, C_STORE, C_MULTI, C_BR, C_NCLS };

typedef struct insn_t {
    uint32_t addr;
    uint32_t op; /* hw1<<16|hw2 or hw1 */
    uint8_t size;
    uint8_t cls;
    uint8_t marker;
    uint8_t base; /* static cost, refill excluded */
    uint8_t n;    /* registers in a multiple transfer */
    uint8_t ind;  /* branch target comes from a register or memory */
    int8_t dst;   /* ALU destination, -1 none */
    int8_t dst2;
    int8_t ldst;    /* destination of a single load, -1 none */
    int8_t rn, rm;  /* address registers, -1 none */
    uint8_t regoff; /* store with register offset */
    uint8_t canbr;  /* may change the flow */
    uint64_t count;
    uint64_t cyc;
    struct insn_t* next;
} insn_t;

#define HBITS 14
static insn_t* htab[1 << HBITS];
static FILE* out;
static const char* pcs_path;
static int opt_dump;

static bool active;
static unsigned seq;
static uint64_t n_ins, c_lo, c_mid, c_hi, n_cls[C_NCLS], n_taken, n_nottaken, n_memacc;
static insn_t* prev;
static int last_load_dst = -1; /* destination if the previous instruction was a single LDR */
static int last_alu_d1 = -1, last_alu_d2 = -1;
static insn_t* pend; /* load/store executed, access not seen yet */
static int pend_lo, pend_mid, pend_hi;

static void alu(insn_t* i, int d) {
    i->cls = C_ALU;
    i->base = 1;
    i->dst = d;
}

static void decode16(insn_t* i, uint32_t h) {
    unsigned t6 = h >> 10;
    if (h < 0x1800) {
        alu(i, h & 7);
        return;
    } /* shifts */
    if (h < 0x2000) {
        alu(i, h & 7);
        return;
    } /* add/sub reg, imm3 */
    if (h < 0x4000) {
        unsigned o = (h >> 11) & 3;
        alu(i, o == 1 ? -1 : (int)((h >> 8) & 7));
        return;
    }
    if (t6 == 0x10) {
        unsigned o = (h >> 6) & 15;
        alu(i, (o == 8 || o == 10 || o == 11) ? -1 : (int)(h & 7));
        if (o == 13)
            i->cls = C_MUL;
        return;
    }
    if (t6 == 0x11) {
        unsigned o = (h >> 8) & 3, d = (h & 7) | ((h >> 4) & 8);
        if (o == 3) {
            i->cls = C_BR;
            i->base = 1;
            i->ind = 1;
            i->canbr = 1;
            return;
        } /* BX BLX */
        if (o == 1) {
            alu(i, -1);
            return;
        }
        if (d == 15) {
            i->cls = C_BR;
            i->base = 1;
            i->ind = 1;
            i->canbr = 1;
            return;
        }
        alu(i, d);
        return;
    }
    if ((h >> 11) == 9) {
        i->cls = C_LOAD;
        i->base = 2;
        i->ldst = (h >> 8) & 7;
        return;
    }
    if ((h >> 12) == 5) {
        unsigned o = (h >> 9) & 7;
        i->rn = (h >> 3) & 7;
        i->rm = (h >> 6) & 7;
        if (o < 3) {
            i->cls = C_STORE;
            i->base = 2;
            i->regoff = 1;
        } else {
            i->cls = C_LOAD;
            i->base = 2;
            i->ldst = h & 7;
        }
        return;
    }
    if ((h >> 13) == 3 || (h >> 12) == 8) {
        i->rn = (h >> 3) & 7;
        if (h & 0x0800) {
            i->cls = C_LOAD;
            i->base = 2;
            i->ldst = h & 7;
        } else {
            i->cls = C_STORE;
            i->base = 1;
        }
        return;
    }
    if ((h >> 12) == 9) {
        i->rn = 13;
        if (h & 0x0800) {
            i->cls = C_LOAD;
            i->base = 2;
            i->ldst = (h >> 8) & 7;
        } else {
            i->cls = C_STORE;
            i->base = 1;
        }
        return;
    }
    if ((h >> 12) == 10) {
        alu(i, (h >> 8) & 7);
        return;
    }
    if ((h >> 12) == 11) {
        if ((h & 0xff00) == 0xb000) {
            alu(i, 13);
            return;
        }
        if ((h & 0xf500) == 0xb100) {
            i->cls = C_BR;
            i->base = 1;
            i->canbr = 1;
            return;
        }
        if ((h & 0xfe00) == 0xb400) {
            i->cls = C_MULTI;
            i->n = __builtin_popcount(h & 0x1ff);
            i->base = 1 + i->n;
            i->rn = 13;
            return;
        }
        if ((h & 0xfe00) == 0xbc00) {
            i->cls = C_MULTI;
            i->n = __builtin_popcount(h & 0x1ff);
            i->base = 1 + i->n;
            i->rn = 13;
            if (h & 0x100) {
                i->canbr = 1;
                i->ind = 1;
            }
            return;
        }
        if ((h & 0xff00) == 0xb200 || (h & 0xff00) == 0xba00) {
            alu(i, h & 7);
            return;
        }
        alu(i, -1);
        return; /* hints, IT, CPS */
    }
    if ((h >> 12) == 12) {
        i->cls = C_MULTI;
        i->n = __builtin_popcount(h & 0xff);
        i->base = 1 + i->n;
        i->rn = (h >> 8) & 7;
        return;
    }
    if ((h >> 12) == 13) {
        if (((h >> 8) & 15) < 14) {
            i->cls = C_BR;
            i->base = 1;
            i->canbr = 1;
            return;
        }
        alu(i, -1);
        return;
    }
    if ((h >> 11) == 0x1c) {
        i->cls = C_BR;
        i->base = 1;
        i->canbr = 1;
        return;
    }
    alu(i, -1);
}

static void decode32(insn_t* i, uint32_t h1, uint32_t h2) {
    if ((h1 & 0xfe40) == 0xe800) { /* LDM STM */
        i->cls = C_MULTI;
        i->n = __builtin_popcount(h2);
        i->base = 1 + i->n;
        i->rn = h1 & 15;
        if ((h1 & 0x10) && (h2 & 0x8000)) {
            i->canbr = 1;
            i->ind = 1;
        }
        return;
    }
    if ((h1 & 0xfe40) == 0xe840) { /* dual, exclusive, TBB */
        i->rn = h1 & 15;
        if ((h1 & 0xfff0) == 0xe8d0 && (h2 & 0xffe0) == 0xf000) {
            i->cls = C_BR;
            i->base = 2;
            i->ind = 1;
            i->canbr = 1;
            i->rm = h2 & 15;
            return;
        }
        if ((h1 & 0x0120) == 0) {
            i->cls = (h1 & 0x10) ? C_LOAD : C_STORE;
            i->base = 2;
            return;
        } /* exclusives */
        i->cls = C_MULTI;
        i->n = 2;
        i->base = 3;
        return;
    }
    if ((h1 & 0xfe00) == 0xea00) {
        unsigned d = (h2 >> 8) & 15;
        alu(i, d == 15 ? -1 : (int)d);
        return;
    }
    if ((h1 & 0xec00) == 0xec00) { /* FPU */
        if ((h1 & 0xff00) == 0xed00) {
            i->rn = h1 & 15;
            i->cls = (h1 & 0x10) ? C_LOAD : C_STORE;
            i->base = (h1 & 0x10) ? 2 : 1;
            if ((h2 & 0xf00) == 0xb00) {
                i->cls = C_MULTI;
                i->base = 3;
            }
            return;
        }
        if ((h1 & 0xfe00) == 0xec00 && (h1 & 0xfe40) != 0xec40) {
            i->cls = C_MULTI;
            i->n = h2 & 0xff;
            i->base = 1 + i->n;
            i->rn = h1 & 15;
            return;
        }
        alu(i, -1);
        if ((h1 & 0xffb0) == 0xee80)
            i->base = 14; /* VDIV */
        else if ((h1 & 0xffb0) == 0xee00 || (h1 & 0xffb0) == 0xeea0)
            i->base = 3; /* VMLA, VFMA */
        return;
    }
    if ((h1 & 0xf800) == 0xf000) {
        if (!(h2 & 0x8000)) {
            unsigned d = (h2 >> 8) & 15;
            alu(i, d == 15 ? -1 : (int)d);
            return;
        }
        if ((h2 & 0xd000) == 0x8000) {
            if ((h1 & 0x0380) != 0x0380) {
                i->cls = C_BR;
                i->base = 1;
                i->canbr = 1;
                return;
            }
            alu(i, -1);
            if ((h1 & 0xfff0) == 0xf3b0)
                i->base = 2; /* barriers */
            else if ((h1 & 0xffe0) == 0xf380 || (h1 & 0xffe0) == 0xf3e0)
                i->base = 2; /* MSR MRS */
            return;
        }
        i->cls = C_BR;
        i->base = 1;
        i->canbr = 1;
        return; /* B.W, BL */
    }
    if ((h1 & 0xfe00) == 0xf800) { /* single load/store */
        unsigned l = h1 & 0x10, rt = h2 >> 12, rn = h1 & 15;
        bool imm = (h1 & 0x80) || (h2 & 0x0800) || rn == 15;
        i->rn = rn == 15 ? -1 : (int)rn;
        if (!imm)
            i->rm = h2 & 15;
        if (l) {
            if (rt == 15) {
                if ((h1 & 0x60) == 0x40) {
                    i->cls = C_BR;
                    i->base = 2;
                    i->ind = 1;
                    i->canbr = 1;
                } else
                    alu(i, -1); /* PLD */
                return;
            }
            i->cls = C_LOAD;
            i->base = 2;
            i->ldst = rt;
        } else {
            i->cls = C_STORE;
            i->base = imm ? 1 : 2;
            i->regoff = !imm;
        }
        return;
    }
    if ((h1 & 0xff00) == 0xfa00) {
        alu(i, (h2 >> 8) & 15);
        return;
    }
    if ((h1 & 0xff80) == 0xfb00) {
        alu(i, (h2 >> 8) & 15);
        i->cls = C_MUL;
        return;
    }
    if ((h1 & 0xff80) == 0xfb80) {
        alu(i, (h2 >> 8) & 15);
        if ((h1 & 0xffd0) == 0xfb90)
            i->cls = C_DIV;
        else {
            i->cls = C_MUL;
            i->dst2 = h2 >> 12;
        }
        return;
    }
    alu(i, -1);
}

static insn_t* lookup(uint32_t addr, uint32_t op, unsigned size) {
    insn_t **b = &htab[(addr >> 1) & ((1u << HBITS) - 1)], *i;
    for (i = *b; i; i = i->next)
        if (i->addr == addr && i->op == op)
            return i;
    i = calloc(1, sizeof *i);
    i->addr = addr;
    i->op = op;
    i->size = size;
    i->dst = i->dst2 = i->ldst = i->rn = i->rm = -1;
    if (size == 2)
        decode16(i, op);
    else {
        decode32(i, op >> 16, op & 0xffff);
        if ((op & 0xfffffff0u) == 0xf3af80f0u)
            i->marker = op & 15;
    }
    i->next = *b;
    *b = i;
    return i;
}

static void print_region(void) {
    fprintf(out, "%u\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64, seq, n_ins, c_lo, c_mid,
            c_hi);
    for (int k = 0; k < C_BR; k++)
        fprintf(out, "\t%" PRIu64, n_cls[k]);
    fprintf(out, "\t%" PRIu64 "\t%" PRIu64 "\n", n_taken, n_nottaken);
    fflush(out);
}

/* settle what could only be known when the next instruction starts */
static inline void settle(insn_t* i) {
    insn_t* p = prev;
    if (!p)
        return;
    if (p->canbr) {
        if (i->addr != p->addr + p->size) {
            int mid = p->ind ? 3 : 2;
            if (i->size == 4 && (i->addr & 2))
                mid++;
            if (mid > 3)
                mid = 3;
            c_lo += 1;
            c_mid += mid;
            c_hi += 3;
            n_taken++;
            p->cyc += mid;
        } else
            n_nottaken++;
    }
    pend = NULL; /* an access that never came: failed condition, base cost stays 1 */
}

static void on_exec(unsigned vcpu, void* ud) {
    insn_t* i = ud;
    (void)vcpu;
    if (i->marker) {
        if (i->marker == 1) {
            active = true;
            prev = NULL;
            pend = NULL;
            last_load_dst = last_alu_d1 = last_alu_d2 = -1;
            n_ins = c_lo = c_mid = c_hi = n_taken = n_nottaken = n_memacc = 0;
            memset(n_cls, 0, sizeof n_cls);
        } else if (i->marker == 2) {
            if (active) {
                settle(i);
                print_region();
                seq++;
            }
            active = false;
        } else if (i->marker == 3) {
            if (active)
                settle(i);
            active = false;
        } else if (i->marker == 4) {
            active = true;
            prev = NULL;
            last_load_dst = last_alu_d1 = last_alu_d2 = -1;
        }
        return;
    }
    if (!active)
        return;
    settle(i);
    n_ins++;
    i->count++;
    n_cls[i->cls]++;
    unsigned lo = 1, mid = 1, hi = 1;
    switch (i->cls) {
        case C_LOAD:
        case C_STORE: {
            /* cost 1 now, the rest when the access is seen */
            int x = i->base - 1, xl = x, xm = x, xh = x;
            bool dep = last_load_dst >= 0 && (i->rn == last_load_dst || i->rm == last_load_dst);
            if (last_load_dst >= 0 && !dep && x > 0) {
                xl--;
                xm--;
            }
            if (i->rn >= 0 &&
                ((last_alu_d1 >= 0 && (i->rn == last_alu_d1 || i->rm == last_alu_d1)) ||
                 (last_alu_d2 >= 0 && (i->rn == last_alu_d2 || i->rm == last_alu_d2)))) {
                xm++;
                xh++;
            }
            pend = i;
            pend_lo = xl;
            pend_mid = xm;
            pend_hi = xh;
            break;
        }
        case C_MULTI: lo = mid = hi = i->base; break;
        case C_DIV:
            lo = 3;
            mid = 6;
            hi = 12;
            break;
        default: lo = mid = hi = i->base; break;
    }
    c_lo += lo;
    c_mid += mid;
    c_hi += hi;
    i->cyc += mid;
    last_load_dst = i->cls == C_LOAD ? i->ldst : -1;
    last_alu_d1 = (i->cls <= C_DIV) ? i->dst : -1;
    last_alu_d2 = (i->cls <= C_DIV) ? i->dst2 : -1;
    prev = i;
}

static void on_mem(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t va, void* ud) {
    (void)vcpu;
    (void)info;
    (void)va;
    if (!active)
        return;
    n_memacc++;
    if (pend && pend == ud) {
        c_lo += pend_lo;
        c_mid += pend_mid;
        c_hi += pend_hi;
        pend->cyc += pend_mid;
        pend = NULL;
    }
}

static void on_tb(qemu_plugin_id_t id, struct qemu_plugin_tb* tb) {
    size_t n = qemu_plugin_tb_n_insns(tb);
    (void)id;
    for (size_t k = 0; k < n; k++) {
        struct qemu_plugin_insn* pi = qemu_plugin_tb_get_insn(tb, k);
        const uint8_t* d = qemu_plugin_insn_data(pi);
        unsigned sz = qemu_plugin_insn_size(pi);
        uint32_t h1 = d[0] | d[1] << 8, op = h1;
        /* QEMU 7.2 peeks at the next instruction near the end of a page and appends that
         * halfword to this one's data, so the size is taken from the encoding */
        if ((h1 >> 11) >= 0x1d && sz >= 4) {
            op = h1 << 16 | d[2] | d[3] << 8;
            sz = 4;
        } else
            sz = 2;
        insn_t* i = lookup(qemu_plugin_insn_vaddr(pi), op, sz);
        if (opt_dump) {
            char* s = qemu_plugin_insn_disas(pi);
            fprintf(out, "# %08x %08x sz%u cls%u base%u dst%d ldst%d rn%d rm%d br%d  %s\n", i->addr,
                    i->op, sz, i->cls, i->base, i->dst, i->ldst, i->rn, i->rm, i->canbr,
                    s ? s : "");
            free(s);
        }
        qemu_plugin_register_vcpu_insn_exec_cb(pi, on_exec, QEMU_PLUGIN_CB_NO_REGS_, i);
        if (i->cls == C_LOAD || i->cls == C_STORE)
            qemu_plugin_register_vcpu_mem_cb(pi, on_mem, QEMU_PLUGIN_CB_NO_REGS_,
                                             QEMU_PLUGIN_MEM_RW_, i);
    }
}

static int by_cyc(const void* a, const void* b) {
    const insn_t *x = *(insn_t*const*)a, *y = *(insn_t*const*)b;
    return x->cyc < y->cyc ? 1 : x->cyc > y->cyc ? -1 : 0;
}

static void at_end(qemu_plugin_id_t id, void* ud) {
    (void)id;
    (void)ud;
    if (pcs_path) {
        FILE* f = fopen(pcs_path, "w");
        size_t n = 0, cap = 1 << 16;
        insn_t** v = malloc(cap * sizeof *v);
        for (unsigned b = 0; b < 1u << HBITS; b++)
            for (insn_t* i = htab[b]; i; i = i->next)
                if (i->count && n < cap)
                    v[n++] = i;
        qsort(v, n, sizeof *v, by_cyc);
        for (size_t k = 0; k < n; k++)
            fprintf(f, "%08x\t%08x\t%" PRIu64 "\t%" PRIu64 "\n", v[k]->addr, v[k]->op, v[k]->count,
                    v[k]->cyc);
        fclose(f);
        free(v);
    }
    if (out && out != stderr)
        fclose(out);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc,
                                           char** argv) {
    (void)info;
    out = stderr;
    for (int k = 0; k < argc; k++) {
        if (!strncmp(argv[k], "out=", 4)) {
            out = fopen(argv[k] + 4, "w");
            if (!out)
                return -1;
        } else if (!strncmp(argv[k], "pcs=", 4))
            pcs_path = strdup(argv[k] + 4);
        else if (!strncmp(argv[k], "dump=", 5))
            opt_dump = atoi(argv[k] + 5);
        else {
            fprintf(stderr, "m4cyc: unknown argument %s\n", argv[k]);
            return -1;
        }
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_tb);
    qemu_plugin_register_atexit_cb(id, at_end, NULL);
    return 0;
}
