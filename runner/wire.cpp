// SPDX-License-Identifier: MIT
// The tables of wire.hpp as code: fields are visited in the order they are drawn.
#include "runner/wire.hpp"

namespace mbpf::runner {

namespace {

constexpr std::uint32_t request_magic = 0x3171'526d;  // "mRq1"
constexpr std::uint32_t reply_magic = 0x3170'526d;    // "mRp1"
constexpr std::uint32_t batch_magic = 0x3174'426d;    // "mBt1"

[[nodiscard]] constexpr std::size_t padded(std::size_t bytes) {
    return align_up(bytes, message_alignment);
}

class Writer {
public:
    explicit Writer(WritableBytes output) : at_{output.data()} {}

    template <class T>
    void put(T value) {
        store(at_, value);
        at_ += sizeof value;
    }
    void put_padded(Bytes bytes) {
        if (!bytes.empty()) {
            __builtin_memcpy(at_, bytes.data(), bytes.size());
        }
        __builtin_memset(at_ + bytes.size(), 0, padded(bytes.size()) - bytes.size());
        at_ += padded(bytes.size());
    }

private:
    std::byte* at_;
};

// Remembers the first thing that is wrong; what it yields afterwards is zero.
class Reader {
public:
    explicit Reader(Bytes input) : input_{input} {}

    template <class T>
    [[nodiscard]] T take() {
        if (is_wrong() || !fits(at_, sizeof(T), input_.size())) {
            refuse(Fault::Truncated, input_.size(), at_ + sizeof(T));
            return T{};
        }
        at_ += sizeof(T);
        return load<T>(input_, at_ - sizeof(T));
    }
    template <class Enum>
    [[nodiscard]] Enum take_enum(Enum last) {
        std::uint8_t const value = take<std::uint8_t>();
        if (value > std::uint8_t(last)) {
            refuse(Fault::SectionMalformed, value, std::uint8_t(last));
        }
        return Enum(value);
    }
    template <class T>
    void expect(T wanted, Fault fault) {
        T const value = take<T>();
        if (value != wanted) {
            refuse(fault, value, wanted);
        }
    }
    [[nodiscard]] Bytes take_padded(std::size_t bytes) {
        if (is_wrong() || bytes > input_.size() || !fits(at_, padded(bytes), input_.size())) {
            refuse(Fault::Truncated, input_.size(), bytes);
            return {};
        }
        Bytes const taken = input_.subspan(at_, bytes);
        std::size_t const end = at_ + padded(bytes);
        for (at_ += bytes; at_ < end; ++at_) {
            if (input_[at_] != std::byte{0}) {
                refuse(Fault::SectionMalformed, std::size_t(input_[at_]), 0);
                return {};
            }
        }
        return taken;
    }
    void expect_end() {
        if (at_ != input_.size()) {
            refuse(Fault::TrailingBytes, input_.size(), at_);
        }
    }

    [[nodiscard]] bool is_wrong() const { return error_.fault != Fault::None; }
    [[nodiscard]] Error error() const { return error_; }

private:
    void refuse(Fault fault, std::size_t found, std::size_t allowed) {
        if (!is_wrong()) {
            error_ = {fault, std::uint32_t(at_), std::uint32_t(found), std::uint32_t(allowed)};
        }
    }

    Bytes input_;
    std::size_t at_ = 0;
    Error error_{};
};

void put_set(Writer& writer, machine::HelperSet const& set) {
    for (std::uint32_t id = 0; id <= config::max_helper_id; id += 8) {
        std::uint32_t bits = 0;
        for (std::uint32_t bit = 0; bit < 8; ++bit) {
            bits |= set.contains(HelperId{id + bit}) ? 1u << bit : 0;
        }
        writer.put(std::uint8_t(bits));
    }
}

[[nodiscard]] machine::HelperSet take_set(Reader& reader) {
    machine::HelperSet set;
    for (std::uint32_t id = 0; id <= config::max_helper_id; id += 8) {
        std::uint32_t const bits = reader.take<std::uint8_t>();
        for (std::uint32_t bit = 0; bit < 8; ++bit) {
            if ((bits >> bit & 1) != 0) {
                set.add(HelperId{id + bit});
            }
        }
    }
    return set;
}

}  // namespace

std::size_t request_bytes(Request const& request) {
    return fixed_request_bytes + padded(request.program.size()) + padded(request.context.size()) +
           padded(request.entry.size());
}

std::size_t reply_bytes(Reply const& reply) {
    return fixed_reply_bytes + padded(reply.context.size()) + padded(reply.output.size()) +
           padded(reply.maps.size());
}

std::size_t encode_request(Request const& request, WritableBytes output) {
    if (output.size() < request_bytes(request)) {
        return 0;
    }
    Writer writer{output};
    writer.put(request_magic);
    writer.put(request.format);
    writer.put(request.engine);
    writer.put(request.suite);
    writer.put(request.bytecode);
    writer.put(request.policy.max_call_depth);
    writer.put(request.policy.recursion);
    writer.put(request.wants);
    writer.put(std::uint8_t{0});
    writer.put(request.policy.max_stack_bytes);
    writer.put(request.budget.instructions);
    writer.put(std::uint32_t(request.entry.size()));
    writer.put(std::uint32_t(request.context.size()));
    writer.put(std::uint32_t(request.program.size()));
    put_set(writer, request.policy.granted);
    writer.put_padded(request.program);
    writer.put_padded(request.context);
    writer.put_padded(as_bytes(request.entry));
    return request_bytes(request);
}

Result<Request> decode_request(Bytes message) {
    Reader reader{message};
    reader.expect(request_magic, Fault::FormatUnknown);
    Request request;
    request.format = reader.take_enum(program::Format::Image);
    request.engine = reader.take_enum(Engine::Jit);
    request.suite = reader.take_enum(Suite::Signatures);
    request.bytecode = reader.take_enum(Bytecode::Dropped);
    request.policy.max_call_depth = reader.take<std::uint8_t>();
    request.policy.recursion = reader.take_enum(verifier::Recursion::Allowed);
    request.wants = reader.take_enum(Wants::Code);
    reader.expect(std::uint8_t{0}, Fault::SectionMalformed);
    request.policy.max_stack_bytes = reader.take<std::uint32_t>();
    request.budget.instructions = reader.take<std::uint32_t>();
    std::uint32_t const entry_bytes = reader.take<std::uint32_t>();
    std::uint32_t const context_bytes = reader.take<std::uint32_t>();
    std::uint32_t const program_bytes = reader.take<std::uint32_t>();
    request.policy.granted = take_set(reader);
    request.program = reader.take_padded(program_bytes);
    request.context = reader.take_padded(context_bytes);
    request.entry = as_text(reader.take_padded(entry_bytes));
    reader.expect_end();
    if (reader.is_wrong()) {
        return reader.error();
    }
    return request;
}

std::size_t encode_reply(Reply const& reply, WritableBytes output) {
    if (output.size() < reply_bytes(reply)) {
        return 0;
    }
    machine::TrapReport const& report = reply.outcome.report;
    Writer writer{output};
    writer.put(reply_magic);
    writer.put(reply.status);
    writer.put(reply.error.fault);
    writer.put(report.trap);
    writer.put(report.bytes);
    writer.put(reply.error.where);
    writer.put(reply.error.found);
    writer.put(reply.error.allowed);
    writer.put(report.pc.slot);
    writer.put(report.address);
    writer.put(reply.outcome.result);
    writer.put(reply.outcome.instructions);
    writer.put(reply.text_slots);
    writer.put(reply.memory_bytes);
    writer.put(reply.plan.frame_bytes);
    writer.put(reply.plan.depth);
    writer.put(std::uint8_t{0});
    writer.put(std::uint32_t(reply.context.size()));
    writer.put(std::uint32_t(reply.output.size()));
    writer.put(std::uint32_t(reply.maps.size()));
    writer.put(std::uint32_t{0});
    writer.put_padded(reply.context);
    writer.put_padded(as_bytes(reply.output));
    writer.put_padded(reply.maps);
    return reply_bytes(reply);
}

Result<Reply> decode_reply(Bytes message) {
    Reader reader{message};
    reader.expect(reply_magic, Fault::FormatUnknown);
    Reply reply;
    reply.status = reader.take_enum(Status::Unusable);
    reply.error.fault = reader.take<Fault>();
    machine::TrapReport& report = reply.outcome.report;
    report.trap = reader.take_enum(machine::Trap::Illegal);
    report.bytes = reader.take<std::uint8_t>();
    reply.error.where = reader.take<std::uint32_t>();
    reply.error.found = reader.take<std::uint32_t>();
    reply.error.allowed = reader.take<std::uint32_t>();
    report.pc.slot = reader.take<std::uint32_t>();
    report.address = reader.take<std::uint64_t>();
    reply.outcome.result = reader.take<std::uint64_t>();
    reply.outcome.instructions = reader.take<std::uint32_t>();
    reply.text_slots = reader.take<std::uint32_t>();
    reply.memory_bytes = reader.take<std::uint32_t>();
    reply.plan.frame_bytes = reader.take<std::uint16_t>();
    reply.plan.depth = reader.take<std::uint8_t>();
    reader.expect(std::uint8_t{0}, Fault::SectionMalformed);
    std::uint32_t const context_bytes = reader.take<std::uint32_t>();
    std::uint32_t const output_bytes = reader.take<std::uint32_t>();
    std::uint32_t const map_bytes = reader.take<std::uint32_t>();
    reader.expect(std::uint32_t{0}, Fault::SectionMalformed);
    reply.context = reader.take_padded(context_bytes);
    reply.output = as_text(reader.take_padded(output_bytes));
    reply.maps = reader.take_padded(map_bytes);
    reader.expect_end();
    if (reader.is_wrong()) {
        return reader.error();
    }
    return reply;
}

std::size_t encode_batch_header(std::uint32_t count, WritableBytes output) {
    if (output.size() < batch_header_bytes) {
        return 0;
    }
    Writer writer{output};
    writer.put(batch_magic);
    writer.put(count);
    return batch_header_bytes;
}

std::size_t encode_message_header(std::size_t bytes, WritableBytes output) {
    if (output.size() < message_header_bytes) {
        return 0;
    }
    Writer writer{output};
    writer.put(std::uint32_t(bytes));
    writer.put(std::uint32_t{0});
    return message_header_bytes;
}

Result<std::uint32_t> decode_batch_header(Bytes header) {
    Reader reader{header};
    reader.expect(batch_magic, Fault::FormatUnknown);
    std::uint32_t const count = reader.take<std::uint32_t>();
    reader.expect_end();
    if (reader.is_wrong()) {
        return reader.error();
    }
    return count;
}

Result<std::uint32_t> decode_message_header(Bytes header) {
    Reader reader{header};
    std::uint32_t const bytes = reader.take<std::uint32_t>();
    reader.expect(std::uint32_t{0}, Fault::SectionMalformed);
    reader.expect_end();
    if (reader.is_wrong()) {
        return reader.error();
    }
    return bytes;
}

}  // namespace mbpf::runner
