// SPDX-License-Identifier: MIT
#include "tests/unit/device/support/container.hpp"

#include <stdexcept>

#include "tests/support/source_file.hpp"
#include "toolkit/compile/compile.hpp"
#include "toolkit/problem.hpp"

namespace mbpf::test {

namespace {

template <class T>
T const& must(Result<T> const& result, char const* step) {
    if (!result.has_value()) {
        throw std::runtime_error(std::string(step) + ": fault " +
                                 std::to_string(unsigned(result.error().fault)));
    }
    return result.value();
}

}  // namespace

bool can_compile() {
    try {
        static_cast<void>(toolkit::compile::find_compiler());
        return true;
    } catch (toolkit::Failure const&) {
        return false;
    }
}

Container::Container(std::string const& example, Board& board) {
    toolkit::compile::Compiled const compiled =
        toolkit::compile::compile(source_directory() / "examples/device" / (example + ".c"), {});
    image_.resize(16 * 1024);
    image_.resize(must(program::link_elf(compiled.object, image_, {}), "link"));
    program_ = must(program::open(image_, program::Format::Image), "open");
    verified_ = must(verifier::verify(program_, helpers::standard_helpers(),
                                      {.granted = machine::HelperSet::all()}),
                     "verify");
    memory_.resize(machine::memory_bytes(program_, verified_->plan()) / 8 + 1);
    void* const memory = memory_.data();
    if (!instance_
             .prepare(program_, verified_->plan(),
                      {static_cast<std::byte*>(memory), memory_.size() * 8},
                      helpers::standard_helpers())
             .has_value()) {
        throw std::runtime_error("prepare");
    }
    environment.output = helpers::TextOutput{output_};
    environment.local = helpers::Store{local_};
    environment.global = &board.global;
    environment.devices = &board.sensors.devices();
    instance_.set_environment(&environment);
}

machine::Outcome Container::run_in(std::string const& entry, machine::Region const& context) {
    if (!instance_.set_context(context).has_value()) {
        throw std::runtime_error("context");
    }
    Pc const pc = program_.entries.size() == 1 ? program_.entries.at(0).pc
                                               : must(program_.entries.find(entry), "entry").pc;
    return interpreter::run(*verified_, instance_, pc, Budget{100'000});
}

machine::Outcome Container::run(std::string const& entry, std::string_view payload) {
    std::vector<std::byte> context(as_bytes(payload).begin(), as_bytes(payload).end());
    return run_in(entry, {address_of(context.data()), std::uint32_t(context.size()),
                          machine::Permission::ReadWrite});
}

Container::Answer Container::request(std::string const& entry, std::string_view payload) {
    helpers::Reply reply{reply_room_};
    environment.reply = &reply;
    machine::Outcome const outcome = run(entry, payload);
    environment.reply = nullptr;
    if (outcome.report.trap != machine::Trap::None) {
        return {};
    }
    return {reply.code, reply.format, std::string{as_text(Bytes{reply_room_}.first(reply.bytes))}};
}

helpers::PacketAnswer Container::request_packet(std::string const& entry) {
    constexpr std::array token{std::byte{0xa1}, std::byte{0xa2}};
    packet_ = helpers::Packet{packet_memory_};
    if (!packet_.prepare(coap::Code::Get, token, {}).has_value() ||
        !instance_.lend(packet_.buffer()).has_value()) {
        throw std::runtime_error("packet");
    }
    environment.packet = &packet_;
    machine::Outcome const outcome = run_in(entry, packet_.context());
    environment.packet = nullptr;
    instance_.take_back();
    if (outcome.report.trap != machine::Trap::None) {
        throw std::runtime_error("trap");
    }
    return packet_.result(outcome.result);
}

std::string Container::printed() {
    std::string const text{environment.output.text()};
    environment.output.clear();
    return text;
}

}  // namespace mbpf::test
