// SPDX-License-Identifier: MIT
#include "mbpf/port/fiber.hpp"

namespace mbpf::port {

#if defined(__arm__)

// Callee-saved registers (AAPCS32 6.1.1), in Thumb instructions of Armv6-M. There is no FPU in use.
extern "C" [[gnu::naked]] void mbpf_switch_stack(void** /*save*/, void* /*next*/) {
    asm volatile(
        "push {r4-r7, lr}\n\t"
        "mov r4, r8\n\t"
        "mov r5, r9\n\t"
        "mov r6, r10\n\t"
        "mov r7, r11\n\t"
        "push {r4-r7}\n\t"
        "mov r2, sp\n\t"
        "str r2, [r0]\n\t"
        "mov sp, r1\n\t"
        "pop {r4-r7}\n\t"
        "mov r8, r4\n\t"
        "mov r9, r5\n\t"
        "mov r10, r6\n\t"
        "mov r11, r7\n\t"
        "pop {r4-r7, pc}");
}

// r4 and r5 hold what to call, and with what.
extern "C" [[gnu::naked]] void mbpf_enter_fiber() { asm volatile("mov r0, r4\n\tbx r5"); }

namespace {

// As mbpf_switch_stack leaves it: r8 to r11, r4 to r7, lr. Without it, sp is 8-aligned.
constexpr std::size_t frame_words = 9;
constexpr std::size_t argument_at = 4;
constexpr std::size_t entry_at = 5;
constexpr std::size_t return_at = 8;

}  // namespace

#elif defined(__x86_64__)

// Callee-saved registers (System V ABI, AMD64 supplement, 3.2.1).
extern "C" [[gnu::naked]] void mbpf_switch_stack(void** /*save*/, void* /*next*/) {
    asm volatile(
        "pushq %rbx\n\tpushq %rbp\n\tpushq %r12\n\tpushq %r13\n\tpushq %r14\n\tpushq %r15\n\t"
        "movq %rsp, (%rdi)\n\t"
        "movq %rsi, %rsp\n\t"
        "popq %r15\n\tpopq %r14\n\tpopq %r13\n\tpopq %r12\n\tpopq %rbp\n\tpopq %rbx\n\t"
        "ret");
}

// r12 and r13 hold what to call, and with what.
extern "C" [[gnu::naked]] void mbpf_enter_fiber() {
    asm volatile("movq %r13, %rdi\n\tcallq *%r12\n\tud2");
}

namespace {

// As mbpf_switch_stack leaves it: r15 to r12, rbp, rbx, the return address. Without it, rsp is
// 16-aligned, as it is before any call.
constexpr std::size_t frame_words = 7;
constexpr std::size_t argument_at = 2;
constexpr std::size_t entry_at = 3;
constexpr std::size_t return_at = 6;

}  // namespace

#else

extern "C" void mbpf_switch_stack(void** /*save*/, void* /*next*/) {}
extern "C" void mbpf_enter_fiber() {}

namespace {

constexpr std::size_t frame_words = 3;
constexpr std::size_t argument_at = 0;
constexpr std::size_t entry_at = 1;
constexpr std::size_t return_at = 2;

}  // namespace

#endif

void Fiber::prepare(WritableBytes stack, Entry entry, void* argument) {
    constexpr std::size_t word_bytes = sizeof(std::uintptr_t);
    std::uintptr_t const end = address_of(stack.data() + stack.size()) & ~std::uintptr_t{15};
    std::byte* const frame = pointer_to(end) - frame_words * word_bytes;
    __builtin_memset(frame, 0, frame_words * word_bytes);
    store(frame + argument_at * word_bytes, argument);
    store(frame + entry_at * word_bytes, entry);
    store(frame + return_at * word_bytes, &mbpf_enter_fiber);
    stack_pointer_ = frame;
}

void Fiber::switch_to(Fiber& to) { mbpf_switch_stack(&stack_pointer_, to.stack_pointer_); }

}  // namespace mbpf::port
