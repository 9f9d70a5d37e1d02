// SPDX-License-Identifier: MIT
#include "firmware/self_test.hpp"

#include "firmware/clock.hpp"
#include "firmware/cortexm/mpu.hpp"
#include "firmware/crypto.hpp"
#include "firmware/semihosting.hpp"

namespace mbpf::firmware {

namespace {

struct HashAnswer {
    std::string_view message;
    std::string_view digest;
};

// FIPS 180-4, the examples of SHA-256.
constexpr HashAnswer hash_answers[]{
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

struct SignatureAnswer {
    std::string_view key;
    std::string_view message;
    std::string_view signature;
};

// RFC 8032, 7.1, tests 1 to 3.
constexpr SignatureAnswer signature_answers[]{
    {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

unsigned digit(char c) { return unsigned(c <= '9' ? c - '0' : c - 'a' + 10); }

void from_hex(std::string_view text, WritableBytes bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = std::byte(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    }
}

bool report(char const* name, bool is_right) {
    semihosting::print(is_right ? "right: " : "WRONG: ");
    semihosting::print(name);
    semihosting::print("\n");
    return is_right;
}

bool test_hashes() {
    bool all = true;
    for (HashAnswer const& answer : hash_answers) {
        port::Digest expected;
        from_hex(answer.digest, expected);
        all = crypto().sha256(as_bytes(answer.message)) == expected && all;
    }
    return all;
}

struct SignatureTest {
    explicit SignatureTest(SignatureAnswer const& answer) : size{answer.message.size() / 2} {
        from_hex(answer.key, key);
        from_hex(answer.message, {message.data(), size});
        from_hex(answer.signature, signature);
    }
    [[nodiscard]] bool verifies() const {
        return crypto().verify(key, {message.data(), size}, signature);
    }

    std::size_t size;
    port::PublicKey key{};
    port::Signature signature{};
    std::array<std::byte, 8> message{};
};

bool test_signatures() {
    bool all = true;
    for (SignatureAnswer const& answer : signature_answers) {
        SignatureTest const test{answer};
        port::mark_start();
        bool const is_right = test.verifies();
        port::mark_end();
        all = is_right && all;
    }
    return all;
}

// Any bit that is another one, in key, message or signature, and the answer is no.
bool test_forgeries() {
    bool none = true;
    for (SignatureAnswer const& answer : signature_answers) {
        SignatureTest test{answer};
        for (std::size_t i = 0; i < test.signature.size(); ++i) {
            test.signature[i] ^= std::byte{1};
            none = !test.verifies() && none;
            test.signature[i] ^= std::byte{1};
        }
        for (std::size_t i = 0; i < test.key.size(); ++i) {
            test.key[i] ^= std::byte{1};
            none = !test.verifies() && none;
            test.key[i] ^= std::byte{1};
        }
        test.size += 1;  // Another message
        none = !test.verifies() && none;
    }
    return none;
}

// The neutral element as a key fits this signature of any message, and is refused.
bool test_weak_key() {
    port::PublicKey key{};
    key[0] = std::byte{1};
    port::Signature signature{};
    signature[0] = std::byte{1};
    return !crypto().verify(key, as_bytes("any"), signature);
}

// movs r0, #value; bx lr: little-endian halfwords.
std::array<std::byte, 4> returns(std::uint8_t value) {
    return {std::byte{value}, std::byte{0x20}, std::byte{0x70}, std::byte{0x47}};
}

using Function = int (*)();

// A Thumb function starts at an odd address.
Function as_function(void const* code) { return reinterpret_cast<Function>(address_of(code) | 1); }

// Both times what was written last is what runs.
bool test_code_memory() {
    port::CodeMemory const code = code_memory();
    bool all = true;
    for (std::uint8_t const value : {std::uint8_t{42}, std::uint8_t{7}}) {
        std::array<std::byte, 4> const function = returns(value);
        code.open(code.context);
        __builtin_memcpy(code.memory.data(), function.data(), function.size());
        code.seal(code.context, code.memory.first(function.size()));
        all = as_function(code.memory.data())() == value && all;
    }
    return all;
}

// A sleep ends with the tick, a thousand a second, and time goes on meanwhile.
bool test_clock() {
    std::uint64_t const start = now_us();
    for (unsigned i = 0; i < 100; ++i) {
        idle();
    }
    std::uint64_t const passed_us = now_us() - start;
    return passed_us > 50'000 && passed_us < 2'000'000;
}

bool test_wake() {
    wake();
    std::uint64_t const start = now_us();
    idle();
    return now_us() - start < 1'000'000;
}

}  // namespace

bool test_board() {
    bool all = report("SHA-256", test_hashes());
    all = report("Ed25519", test_signatures()) && all;
    all = report("Ed25519 refuses what was changed", test_forgeries()) && all;
    all = report("Ed25519 refuses a weak key", test_weak_key()) && all;
    all = report("code memory", test_code_memory()) && all;
    all = report("clock", test_clock()) && all;
    return report("wake", test_wake()) && all;
}

namespace {

// Deeper than any stack.
[[gnu::noinline]] std::uint32_t descend(std::uint32_t level) {
    std::uint32_t volatile deeper = level;
    return level == 0 ? 0 : descend(level + 1) + deeper;
}

}  // namespace

void break_rule(char const* name) {
    static std::array<std::byte, 4> data = returns(1);
    std::string_view const rule{name};
    if (rule == "data") {
        static_cast<void>(as_function(data.data())());
    } else if (rule == "code") {
        *static_cast<std::byte volatile*>(code_memory().memory.data()) = std::byte{0};
    } else if (rule == "open-code") {
        code_memory().open(nullptr);
        static_cast<void>(as_function(code_memory().memory.data())());
    } else if (rule == "image") {
        *reinterpret_cast<std::byte volatile*>(address_of("text")) = std::byte{0};
    } else if (rule == "run-stack") {
        alignas(guard_bytes) static std::byte stack[guard_bytes];
        guard_stack(stack);
        *static_cast<std::byte volatile*>(stack) = std::byte{0};
    } else if (rule == "stack") {
        static_cast<void>(descend(1));
    } else if (rule == "nothing-there") {
        static_cast<void>(std::uint32_t{*reinterpret_cast<std::uint32_t volatile*>(0x6000'0000)});
    }
}

}  // namespace mbpf::firmware
