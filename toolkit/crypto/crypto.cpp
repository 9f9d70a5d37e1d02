// SPDX-License-Identifier: MIT
#include "toolkit/crypto/crypto.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <algorithm>

#include "toolkit/input/number.hpp"
#include "toolkit/problem.hpp"

namespace mbpf::toolkit::crypto {

namespace {

template <auto release>
struct Release {
    template <class T>
    void operator()(T* object) const {
        release(object);
    }
};
using Buffer = std::unique_ptr<BIO, Release<BIO_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;

unsigned char const* raw(std::byte const* bytes) {
    void const* const address = bytes;
    return static_cast<unsigned char const*>(address);
}

unsigned char* raw(std::byte* bytes) {
    void* const address = bytes;
    return static_cast<unsigned char*>(address);
}

// Only memory that has run out, or a library built without Ed25519, makes these fail.
void demand(bool is_done) {
    if (!is_done) {
        throw Failure{ExitCode::Unavailable,
                      Problem{.kind = ProblemKind::Place,
                              .name = "CryptoFailed",
                              .reason = "OpenSSL does not do what is asked of it",
                              .suggestion = "it must know Ed25519: OpenSSL 1.1.1 or newer"}};
    }
}

Buffer buffer_of(std::string_view text) {
    Buffer buffer{BIO_new_mem_buf(text.data(), int(text.size()))};
    demand(buffer != nullptr);
    return buffer;
}

std::string text_of(Buffer const& buffer) {
    char* start = nullptr;
    long const size = BIO_get_mem_data(buffer.get(), &start);
    return {start, std::size_t(size)};
}

port::Digest sha256(Bytes message) {
    port::Digest digest;
    demand(EVP_Digest(message.data(), message.size(), raw(digest.data()), nullptr, EVP_sha256(),
                      nullptr) == 1);
    return digest;
}

bool verify(port::PublicKey const& key, Bytes message, port::Signature const& signature) {
    Key const handle{
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(key.data()), key.size())};
    Context const context{EVP_MD_CTX_new()};
    return handle && context &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle.get()) == 1 &&
           EVP_DigestVerify(context.get(), raw(signature.data()), signature.size(),
                            raw(message.data()), message.size()) == 1;
}

port::Signature sign(void* key, Bytes message) {
    port::Signature signature;
    std::size_t bytes = signature.size();
    Context const context{EVP_MD_CTX_new()};
    demand(context &&
           EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr,
                              static_cast<EVP_PKEY*>(key)) == 1 &&
           EVP_DigestSign(context.get(), raw(signature.data()), &bytes, raw(message.data()),
                          message.size()) == 1 &&
           bytes == signature.size());
    return signature;
}

port::PublicKey public_part(EVP_PKEY const* key) {
    port::PublicKey bytes;
    std::size_t size = bytes.size();
    demand(EVP_PKEY_get_raw_public_key(key, raw(bytes.data()), &size) == 1 && size == bytes.size());
    return bytes;
}

// Asks nobody at the terminal: such a file is refused.
int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

port::Crypto functions() { return {.sha256 = sha256, .verify = verify}; }

std::string key_id(port::PublicKey const& key) {
    return input::hex_text(Bytes{sha256(key)}.first(suit::key_id_bytes));
}

PrivateKey PrivateKey::generate() {
    EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    demand(key != nullptr);
    return PrivateKey{std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free)};
}

std::optional<PrivateKey> PrivateKey::read(std::string_view pem) {
    Buffer const buffer = buffer_of(pem);
    EVP_PKEY* const key = PEM_read_bio_PrivateKey(buffer.get(), nullptr, no_passphrase, nullptr);
    std::shared_ptr<EVP_PKEY> owned(key, EVP_PKEY_free);
    if (key == nullptr || EVP_PKEY_id(key) != EVP_PKEY_ED25519) {
        return {};
    }
    return PrivateKey{std::move(owned)};
}

std::string PrivateKey::pem() const {
    Buffer const buffer{BIO_new(BIO_s_mem())};
    demand(buffer && PEM_write_bio_PKCS8PrivateKey(buffer.get(), static_cast<EVP_PKEY*>(key_.get()),
                                                   nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_of(buffer);
}

port::PublicKey PrivateKey::public_key() const {
    return public_part(static_cast<EVP_PKEY*>(key_.get()));
}

suit::Signer PrivateKey::signer() const {
    return {.key = public_key(), .context = key_.get(), .sign = sign};
}

std::string public_pem(port::PublicKey const& key) {
    Key const handle{
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(key.data()), key.size())};
    Buffer const buffer{BIO_new(BIO_s_mem())};
    demand(handle && buffer && PEM_write_bio_PUBKEY(buffer.get(), handle.get()) == 1);
    return text_of(buffer);
}

std::optional<port::PublicKey> read_public(std::string_view pem) {
    Buffer const buffer = buffer_of(pem);
    Key const key{PEM_read_bio_PUBKEY(buffer.get(), nullptr, no_passphrase, nullptr)};
    if (!key || EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519) {
        return {};
    }
    return public_part(key.get());
}

suit::Uuid name_uuid(suit::Uuid const& space, std::string_view name) {
    std::vector<std::byte> message(space.begin(), space.end());
    Bytes const text = as_bytes(name);
    message.insert(message.end(), text.begin(), text.end());
    std::array<std::byte, 20> digest;  // SHA-1, FIPS 180-4
    demand(EVP_Digest(message.data(), message.size(), raw(digest.data()), nullptr, EVP_sha1(),
                      nullptr) == 1);
    suit::Uuid uuid;
    std::copy_n(digest.begin(), uuid.size(), uuid.begin());
    uuid[6] = (uuid[6] & std::byte{0x0f}) | std::byte{0x50};  // Version 5
    uuid[8] = (uuid[8] & std::byte{0x3f}) | std::byte{0x80};  // Variant of RFC 9562
    return uuid;
}

}  // namespace mbpf::toolkit::crypto
