// SPDX-License-Identifier: MIT
// Keys in files, and the messages that they sign.
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <cstdlib>

#include "tests/support/hex.hpp"
#include "tests/support/sodium_crypto.hpp"
#include "toolkit/crypto/crypto.hpp"
#include "toolkit/crypto/uuid.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/key/store.hpp"
#include "toolkit/manifest/contents.hpp"
#include "toolkit/problem.hpp"
#include "toolkit/sign/envelope.hpp"
#include "toolkit/system/file.hpp"
#include "toolkit/system/process.hpp"
#include "toolkit/system/temporary_folder.hpp"

namespace mbpf::test {
namespace {

namespace crypto = toolkit::crypto;
namespace key = toolkit::key;
namespace manifest = toolkit::manifest;
namespace sign = toolkit::sign;
namespace system = toolkit::system;
using toolkit::Failure;

// RFC 8410, section 10.3: the private key of the example, and section 10.1 its public one.
constexpr char const* private_example =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "-----END PRIVATE KEY-----\n";
constexpr char const* public_example =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n";

class KeyFiles : public testing::Test {
protected:
    KeyFiles() { setenv("MBPF_HOME", folder_.path().c_str(), 1); }
    ~KeyFiles() override { unsetenv("MBPF_HOME"); }

    system::TemporaryFolder folder_;
};

std::vector<std::byte> some_image() { return std::vector<std::byte>(200, std::byte{0x5a}); }

sign::Installation installation() {
    sign::Installation wanted;
    wanted.name = "blink";
    wanted.sequence = 7;
    wanted.recipients.vendor = crypto::vendor_uuid(crypto::own_vendor);
    wanted.recipients.device_class = crypto::class_uuid(wanted.recipients.vendor, "host");
    sign::describe_image(wanted, some_image());
    return wanted;
}

TEST(Crypto, ReadsTheKeysOfTheStandard) {
    std::optional<crypto::PrivateKey> const own = crypto::PrivateKey::read(private_example);
    ASSERT_TRUE(own.has_value());
    EXPECT_EQ(own->pem(), private_example);
    EXPECT_EQ(crypto::public_pem(own->public_key()), public_example);
    EXPECT_EQ(crypto::read_public(public_example), own->public_key());
}

TEST(Crypto, ReadsNoOtherText) {
    std::string const half = std::string(private_example).substr(0, 60);
    for (std::string const& text :
         {std::string(), std::string("key"), half, std::string(public_example)}) {
        EXPECT_FALSE(crypto::PrivateKey::read(text).has_value()) << text;
    }
    for (std::string const& text : {std::string(), half, std::string(private_example)}) {
        EXPECT_FALSE(crypto::read_public(text).has_value()) << text;
    }
}

TEST(Crypto, AgreesWithAnotherLibrary) {
    crypto::PrivateKey const own = crypto::PrivateKey::generate();
    suit::Signer const signer = own.signer();
    std::vector<std::byte> message = some_image();
    port::Signature const signature = signer.sign(signer.context, message);
    port::Crypto const ours = crypto::functions();
    port::Crypto const theirs = sodium_crypto();
    EXPECT_TRUE(theirs.verify(signer.key, message, signature));
    EXPECT_TRUE(ours.verify(signer.key, message, signature));
    EXPECT_EQ(ours.sha256(message), theirs.sha256(message));
    message[3] ^= std::byte{1};
    EXPECT_FALSE(ours.verify(signer.key, message, signature));
    KeyPair other{9};
    suit::Signer const their_signer = other.signer();
    EXPECT_TRUE(
        ours.verify(their_signer.key, message, their_signer.sign(their_signer.context, message)));
}

TEST(Uuids, AreThoseOfTheDevices) {
    suit::Uuid const vendor = crypto::vendor_uuid("microbpf");
    EXPECT_EQ(crypto::uuid_text(vendor), "b8277cc5-c840-5ad0-9afa-9721cddce04f");
    EXPECT_EQ(crypto::uuid_text(crypto::class_uuid(vendor, "host")),
              "c466c809-ef36-5e8e-8530-28ebb2dc1142");
    EXPECT_EQ(crypto::vendor_uuid("b8277cc5-c840-5ad0-9afa-9721cddce04f"), vendor);
    for (char const* const text :
         {"", "b8277cc5", "b8277cc5-c840-5ad0-9afa-9721cddce04",
          "b8277cc5-c840-5ad0-9afa-9721cddce04f0", "b8277cc5xc840-5ad0-9afa-9721cddce04f",
          "g8277cc5-c840-5ad0-9afa-9721cddce04f"}) {
        EXPECT_FALSE(crypto::parse_uuid(text).has_value()) << text;
    }
}

TEST_F(KeyFiles, AreForTheirOwnerAndForOpenssl) {
    key::Entry const made = key::create("release");
    struct stat status {};
    ASSERT_EQ(stat(made.file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    EXPECT_EQ(key::load("release").public_key(), made.key);
    EXPECT_EQ(key::load(made.file.string()).public_key(), made.key);
    EXPECT_EQ(key::load_public("release"), made.key);
    EXPECT_EQ(key::load_public(toolkit::input::hex_text(made.key)), made.key);
    EXPECT_EQ(key::name_of(made.key), "release");
    auto const openssl = system::find_program("openssl");
    if (!openssl) {
        GTEST_SKIP() << "no openssl";
    }
    system::ProcessResult const result =
        system::run_process({openssl->string(), "pkey", "-in", made.file.string(), "-pubout"},
                            std::chrono::seconds{20});
    ASSERT_TRUE(result.succeeded()) << result.errors;
    EXPECT_EQ(crypto::read_public(result.output), made.key);
}

TEST_F(KeyFiles, AreNeverOverwritten) {
    key::Entry const first = key::create("one");
    EXPECT_THROW((void)key::create("one"), Failure);
    EXPECT_EQ(key::load("one").public_key(), first.key);
    ASSERT_EQ(key::list().size(), 1u);
}

TEST_F(KeyFiles, HaveNamesThatAreNoPaths) {
    for (char const* const name : {"", ".", "..", "../x", "a/b", ".hidden", "a b", "\xc3\xa4"}) {
        EXPECT_THROW((void)key::create(name), Failure) << name;
    }
    EXPECT_THROW((void)key::load("missing"), Failure);
    EXPECT_THROW((void)key::load_public("missing"), Failure);
    EXPECT_TRUE(key::list().empty());
}

TEST_F(KeyFiles, ThatAreBrokenAreRefused) {
    key::Entry const made = key::create("broken");
    system::write_file(made.file, as_bytes(std::string_view("no key")));
    EXPECT_THROW((void)key::load("broken"), Failure);
}

TEST(Envelope, SaysWhatWasSigned) {
    crypto::PrivateKey const own = crypto::PrivateKey::generate();
    std::vector<std::byte> const image = some_image();
    std::vector<std::byte> const envelope = sign::write_envelope(installation(), image, own);
    std::array const keys{crypto::PrivateKey::generate().public_key(), own.public_key()};
    Result<manifest::Contents> const contents = manifest::read_contents(envelope, keys);
    ASSERT_TRUE(contents.has_value());
    EXPECT_EQ(contents->signer, 1u);
    EXPECT_EQ(contents->manifest.component.name, "blink");
    EXPECT_EQ(contents->manifest.sequence, 7u);
    EXPECT_EQ(contents->manifest.image_bytes, image.size());
    EXPECT_TRUE(contents->is_payload_whole);
    EXPECT_EQ(contents->recipient.vendor, crypto::vendor_uuid("microbpf"));
    EXPECT_FALSE(contents->is_for_one_device);
}

TEST(Envelope, OfEveryKindIsRead) {
    crypto::PrivateKey const own = crypto::PrivateKey::generate();
    std::array<port::PublicKey, 1> const keys{own.public_key()};
    sign::Installation riot = installation();
    riot.profile = suit::Profile::Riot;
    riot.kind = suit::Component::Kind::Slot;
    riot.name = "0";
    riot.uri = "coap://[2001:db8::1]/image";
    sign::Installation back = installation();
    back.recipients.device = crypto::vendor_uuid("some device");
    for (sign::Installation const& wanted : {riot, back}) {
        std::vector<std::byte> const envelope = sign::write_envelope(wanted, {}, own);
        Result<manifest::Contents> const contents = manifest::read_contents(envelope, keys);
        ASSERT_TRUE(contents.has_value()) << wanted.name;
        EXPECT_EQ(contents->manifest.uri, wanted.uri);
        EXPECT_FALSE(contents->manifest.is_integrated);
        EXPECT_EQ(contents->is_for_one_device, wanted.recipients.device.has_value());
        EXPECT_EQ(contents->signer, 0u);
    }
}

TEST(Envelope, ThatWasChangedIsRefused) {
    crypto::PrivateKey const own = crypto::PrivateKey::generate();
    std::array<port::PublicKey, 1> const keys{own.public_key()};
    std::vector<std::byte> const envelope = sign::write_envelope(installation(), {}, own);
    for (std::size_t at = 0; at < envelope.size(); ++at) {
        std::vector<std::byte> changed = envelope;
        changed[at] ^= std::byte{1};
        Result<manifest::Contents> const contents = manifest::read_contents(changed, keys);
        EXPECT_TRUE(!contents.has_value() || !contents->signer) << at;
    }
    for (std::size_t size = 0; size < envelope.size(); ++size) {
        EXPECT_FALSE(manifest::read_contents(Bytes{envelope}.first(size), keys).has_value());
    }
}

TEST(Command, IsWhatADeviceOpens) {
    crypto::PrivateKey const own = crypto::PrivateKey::generate();
    std::array<port::PublicKey, 1> const keys{own.public_key()};
    suit::Identity const device{{}, {}, {std::byte{7}}};
    std::vector<std::byte> const stop =
        sign::write_command(sign::Operation::Stop, "blink", 8, {}, device, own);
    Result<suit::SignedCommand> const opened =
        suit::open_command(stop, device, keys, sodium_crypto());
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(toolkit::input::hex_text(opened->payload), "830265626c696e6b08");
    std::vector<std::byte> const policy(128);
    std::vector<std::byte> const set =
        sign::write_command(sign::Operation::SetPolicy, "", 2, policy, device, own);
    Result<suit::SignedCommand> const order =
        suit::open_command(set, device, keys, sodium_crypto());
    ASSERT_TRUE(order.has_value());
    EXPECT_EQ(order->payload.size(), 4u + 2 + 128);
    EXPECT_THROW((void)sign::write_command(sign::Operation::SetPolicy, "", 2,
                                           std::vector<std::byte>(600), device, own),
                 Failure);
}

}  // namespace
}  // namespace mbpf::test
