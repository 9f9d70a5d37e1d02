// SPDX-License-Identifier: MIT
#include "tests/unit/agent/support/board.hpp"

#include <cstring>
#include <stdexcept>

#include "toolkit/layout/append.hpp"
#include "toolkit/layout/layout.hpp"

namespace mbpf::test {

namespace {

using toolkit::layout::append;
using toolkit::layout::append_bytes;

constexpr std::uint64_t step_us = 1;

// Each look at the clock takes a while.
std::uint64_t time_us = 0;
std::uint64_t now_us() { return time_us += step_us; }

std::vector<std::byte> hooks_of(Source const& source) {
    std::vector<std::byte> section;
    if (source.hooks.empty()) {
        return section;
    }
    append(section, std::uint32_t(source.hooks.size()));
    std::size_t const text_at =
        program::hooks_header_bytes + source.hooks.size() * program::hook_record_bytes;
    for (HookRecord hook : source.hooks) {
        hook.argument = container::has_path(hook.kind) ? std::uint32_t(text_at) : hook.argument;
        append(section, hook);
    }
    append_bytes(section, as_bytes(source.path));
    section.push_back({});
    return section;
}

coap::Peer const client{{std::byte{127}}, 40000, 4};
coap::Peer const server_peer{{std::byte{192}, std::byte{0}, std::byte{2}, std::byte{9}}, 5683, 4};

}  // namespace

std::vector<std::byte> image_of(Source const& source) {
    std::vector<std::byte> const text = bytes_of(source.code);
    std::vector<std::byte> const hooks = hooks_of(source);
    std::vector<std::byte> keys;
    for (KeyRange const& range : source.keys) {
        append(keys, range);
    }
    program::Program program;
    program.text = isa::Text{text};
    program.hooks = hooks;
    program.keys = keys;
    program.rights = source.rights;
    program.set_maps(source.maps);
    program.bss_bytes = source.bss_bytes;
    return std::get<toolkit::layout::File>(toolkit::layout::encode_image(program));
}

std::string Answer::text() const { return std::string{as_text(payload)}; }

std::int64_t Answer::number(std::size_t index) const {
    cbor::Reader reader{payload};
    Result<std::uint32_t> const items = reader.array_head();
    Result<std::int64_t> value = Error{};
    for (std::size_t i = 0; items.has_value() && i <= index; ++i) {
        value = reader.integer();
    }
    return value.has_value() ? *value : 0;
}

Board::Board() {
    provision({});
    boot();
}

container::SignerRecord Board::everything(KeyPair const& pair) {
    container::SignerRecord record;
    record.key = pair.key();
    std::memset(record.helpers, 0xff, sizeof record.helpers);
    record.hook_kinds = 0x3e;
    record.key_range_count = 1;
    record.keys[0] = {0, 0xffff'ffff, KeyRange::all};
    return record;
}

void Board::provision(std::vector<container::SignerRecord> const& signers) {
    std::vector<std::byte> record;
    append(record, std::uint32_t{0});
    container::SignerRecord first = everything(administrator);
    first.flags = container::SignerRecord::administrator;
    append(record, first);
    for (container::SignerRecord const& signer : signers) {
        append(record, signer);
    }
    storage::Storage storage;
    if (!storage.mount(flash.port(), device::flash_layout).has_value() ||
        !storage.put(container::policy_kind, {}, record).has_value()) {
        throw std::runtime_error{"the flash cannot be provisioned"};
    }
}

void Board::boot() {
    device_.reset();
    sent_.clear();
    asked_.clear();
    parts_ = {flash.port(),
              sodium_crypto(),
              {ram_, {}, helpers::standard_helpers(), nullptr, &now_us},
              {this,
               [](void* self, coap::Peer const& to, Bytes datagram) {
                   Board& board = *static_cast<Board*>(self);
                   (to == client ? board.sent_ : board.asked_)
                       .emplace_back(datagram.begin(), datagram.end());
               }},
              {"test", "1", device::identity_of({}, {})},
              7,
              {}};
    device_ = std::make_unique<device::Device>(parts_);
    if (!device_->start().has_value()) {
        throw std::runtime_error{"the device does not start"};
    }
}

void Board::run_for(std::uint64_t duration_us) {
    std::uint64_t const end = time_us + duration_us;
    while (time_us < end) {
        std::uint64_t const idle = device_->poll();
        serve();
        time_us += std::min(idle, end > time_us ? end - time_us : 0);
    }
}

std::optional<Board::Block> Board::block_of(Bytes file, std::uint32_t option) {
    std::size_t const size = std::size_t{16} << (option & 7);
    std::size_t const at = (option >> 4) * size;
    Bytes const bytes = file.subspan(std::min(at, file.size()));
    Bytes const block = bytes.first(std::min(size, bytes.size()));
    std::uint32_t const more = bytes.size() > size ? 8 : 0;
    return Block{coap::Code::Content, (option & ~8u) | more, {block.begin(), block.end()}};
}

void Board::serve() {
    while (!asked_.empty()) {
        std::vector<std::byte> const datagram = std::move(asked_.front());
        asked_.pop_front();
        coap::Message const message = coap::parse(datagram);
        std::uint32_t option = 0;
        coap::OptionReader reader{message.options};
        while (reader.next()) {
            option = reader.number() == coap::OptionNumber::Block2 ? reader.integer() : option;
        }
        std::optional<Block> const block = server ? server(option) : std::nullopt;
        if (!block) {
            continue;
        }
        std::array<std::byte, 1500> room{};
        coap::Builder builder{room};
        builder.start(coap::Type::Acknowledgement, block->code, message.id, message.token);
        builder.option(coap::OptionNumber::Block2, block->option);
        if (!block->payload.empty()) {
            builder.payload(block->payload);
        }
        device_->receive(server_peer, builder.bytes());
    }
}

Answer Board::request(coap::Method method, std::string const& path, Bytes payload,
                      std::optional<std::uint32_t> block1) {
    std::array<std::byte, 1500> room{};
    coap::Builder builder{room};
    std::uint16_t const id = next_id_++;
    std::array const token{std::byte(id & 0xff), std::byte(id >> 8)};
    builder.start(coap::Type::Confirmable, coap::Code(method), id, token);
    std::size_t at = 1;
    std::string query;
    std::string plain = path;
    if (std::size_t const mark = path.find('?'); mark != std::string::npos) {
        query = path.substr(mark + 1);
        plain = path.substr(0, mark);
    }
    while (at <= plain.size()) {
        std::size_t const end = std::min(plain.find('/', at), plain.size());
        builder.option(coap::OptionNumber::UriPath, as_bytes(plain.substr(at, end - at)));
        at = end + 1;
    }
    if (!query.empty()) {
        builder.option(coap::OptionNumber::UriQuery, as_bytes(query));
    }
    if (block1) {
        builder.option(coap::OptionNumber::Block1, *block1);
    }
    if (!payload.empty()) {
        builder.payload(payload);
    }
    return exchange(builder.bytes(), id);
}

// The answer may be piggybacked, or come by itself behind an empty acknowledgement.
Answer Board::exchange(Bytes datagram, std::uint16_t id) {
    device_->receive(client, datagram);
    for (int turn = 0; turn < 300'000; ++turn) {
        while (!sent_.empty()) {
            std::vector<std::byte> const got = std::move(sent_.front());
            sent_.pop_front();
            coap::Message const message = coap::parse(got);
            bool const is_ours =
                message.token.size() == 2 && mbpf::load<std::uint16_t>(message.token, 0) == id;
            if (message.type == coap::Type::Confirmable) {
                std::array<std::byte, 4> room{};
                coap::Builder acknowledgement{room};
                acknowledgement.start(coap::Type::Acknowledgement, coap::Code::Empty, message.id,
                                      {});
                device_->receive(client, acknowledgement.bytes());
            }
            if (is_ours && message.code != coap::Code::Empty) {
                return {message.code, {message.payload.begin(), message.payload.end()}};
            }
        }
        run_for(1000);
    }
    throw std::runtime_error{"no answer"};
}

Answer Board::upload(Bytes envelope) {
    constexpr std::size_t block_bytes = 256;
    constexpr std::uint32_t exponent = 4;
    Answer answer{coap::Code::Continue, {}};
    for (std::size_t at = 0; at < envelope.size() && answer.code == coap::Code::Continue;
         at += block_bytes) {
        std::size_t const bytes = std::min(block_bytes, envelope.size() - at);
        std::uint32_t const more = at + bytes < envelope.size() ? 8 : 0;
        answer = request(coap::Method::Post, "/mbpf/install", envelope.subspan(at, bytes),
                         std::uint32_t(at / block_bytes) << 4 | more | exponent);
    }
    return answer;
}

void Board::post_only(std::string_view first, std::string_view second, Bytes payload) {
    std::array<std::byte, 1500> room{};
    coap::Builder builder{room};
    std::array const token{std::byte{0xee}};
    builder.start(coap::Type::Confirmable, coap::Code::Post, next_id_++, token);
    builder.option(coap::OptionNumber::UriPath, as_bytes(first));
    builder.option(coap::OptionNumber::UriPath, as_bytes(second));
    if (!payload.empty()) {
        builder.payload(payload);
    }
    device_->receive(client, builder.bytes());
}

std::uint64_t Board::elapsed_us() { return time_us; }

std::vector<std::byte> Board::envelope(Signed const& about, Bytes image) {
    KeyPair& pair = about.signer != nullptr ? *about.signer : administrator;
    suit::Manifest manifest;
    manifest.component = {suit::Component::Kind::Container, about.name};
    manifest.sequence = about.sequence;
    manifest.digest = sodium_crypto().sha256(image);
    manifest.image_bytes = std::uint32_t(image.size());
    manifest.is_integrated = about.has_payload;
    manifest.uri = about.has_payload ? suit::payload_key : std::string_view{about.uri};
    std::array<std::byte, suit::config::max_head_bytes> room{};
    suit::Identity const self = device::identity_of({}, {});
    Result<Bytes> const head =
        suit::write_head(suit::Profile::Ietf, manifest, {self.vendor, self.device_class, {}},
                         pair.signer(), sodium_crypto(), room);
    if (!head.has_value()) {
        throw std::runtime_error{"no envelope: fault " +
                                 std::to_string(unsigned(head.error().fault))};
    }
    std::vector<std::byte> result(head->begin(), head->end());
    if (about.has_payload) {
        append_bytes(result, image);
    }
    return result;
}

Answer Board::command(std::uint32_t operation, std::string const& name, std::uint32_t sequence,
                      KeyPair* signer, std::optional<std::vector<std::byte>> policy) {
    KeyPair& pair = signer != nullptr ? *signer : administrator;
    std::array<std::byte, 512> payload{};
    cbor::Writer writer{payload};
    writer.array_head(policy ? 4 : 3);
    writer.unsigned_integer(operation);
    writer.text_string(name);
    writer.unsigned_integer(sequence);
    if (policy) {
        writer.byte_string(*policy);
    }
    std::array<std::byte, 768> room{};
    Result<Bytes> const message =
        suit::write_command(Bytes{payload}.first(writer.size()), device::identity_of({}, {}),
                            pair.signer(), sodium_crypto(), room);
    return post("/mbpf/command", message.value());
}

container::Container const* Board::find(std::string const& name) {
    return device_->runtime().find(name);
}

std::string Board::log() {
    container::Log const& log = device_->runtime().log();
    std::string text;
    for (std::uint32_t at = log.start(); at != log.end(); ++at) {
        text += log.at(at);
    }
    return text;
}

}  // namespace mbpf::test
