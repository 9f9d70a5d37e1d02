// SPDX-License-Identifier: MIT
// Which resource is meant.
#include "mbpf/agent/management.hpp"

namespace mbpf::agent {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::uint32_t log_resource = 1;

}  // namespace

coap::Code code_of(Fault fault) {
    switch (fault) {
        case Fault::SignerUnknown:
        case Fault::SignatureInvalid: return coap::Code::Unauthorized;
        case Fault::HookNotGranted:
        case Fault::KeysNotGranted:
        case Fault::BudgetNotGranted:
        case Fault::MemoryNotGranted:
        case Fault::HelperNotGranted:
        case Fault::NotAllowed: return coap::Code::Forbidden;
        case Fault::ContainerUnknown:
        case Fault::HookUnknown: return coap::Code::NotFound;
        case Fault::TransferBroken: return coap::Code::EntityIncomplete;
        case Fault::SequenceNotNewer: return coap::Code::Conflict;
        case Fault::ImageTooLarge:
        case Fault::ManifestTooLarge: return coap::Code::EntityTooLarge;
        case Fault::StorageFailed:
        case Fault::StorageMalformed: return coap::Code::InternalError;
        case Fault::StorageFull:
        case Fault::TooManyContainers:
        case Fault::MemoryTooSmall:
        case Fault::ContainerBusy:
        case Fault::ContainerStopped:
        case Fault::QuotaExhausted: return coap::Code::ServiceUnavailable;
        default: return coap::Code::BadRequest;
    }
}

Bytes write_error(std::int32_t number, Error const& error, WritableBytes room) {
    cbor::Writer writer{room};
    writer.array_head(4);
    writer.integer(number);
    writer.unsigned_integer(error.where);
    writer.unsigned_integer(error.found);
    writer.unsigned_integer(error.allowed);
    return room.first(writer.size());
}

coap::Outcome refuse(coap::Reply& reply, Error const& error) {
    std::array<std::byte, error_bytes> room;
    reply.code = code_of(error.fault);
    reply.content_format = coap::Format::Cbor;
    reply.put(write_error(error, room));
    return coap::Outcome::Done;
}

coap::Outcome Agent::handle(void* agent, coap::Request const& request, coap::Reply& reply) {
    return static_cast<Agent*>(agent)->dispatch(request, reply);
}

coap::Outcome Agent::dispatch(coap::Request const& request, coap::Reply& reply) {
    std::string_view const first = request.path[0];
    if (first == "c"sv) {
        return call(request, reply);
    }
    if (first == "mbpf"sv) {
        return manage(request, reply);
    }
    if (first == ".well-known"sv && request.path[1] == "core"sv && request.path.size() == 2) {
        write_links(reply);
        return coap::Outcome::Done;
    }
    if (extension_.handle == nullptr || !extension_.handle(extension_.context, request, reply)) {
        reply.code = coap::Code::NotFound;
    }
    return coap::Outcome::Done;
}

coap::Outcome Agent::manage(coap::Request const& request, coap::Reply& reply) {
    std::string_view const name = request.path[1];
    bool const changes = name == "install"sv || name == "command"sv;
    if (request.path.size() > 2) {
        reply.code = coap::Code::NotFound;
        return coap::Outcome::Done;
    }
    if (request.method != (changes ? coap::Method::Post : coap::Method::Get)) {
        reply.code = coap::Code::MethodNotAllowed;
        return coap::Outcome::Done;
    }
    return !changes              ? read(request, reply)
           : name == "install"sv ? install(request, reply)
                                 : command(request, reply);
}

coap::Outcome Agent::read(coap::Request const& request, coap::Reply& reply) {
    std::string_view const name = request.path[1];
    if (name.empty()) {
        write_text(reply);
    } else if (name == "ps"sv) {
        write_containers(request, reply);
    } else if (name == "device"sv) {
        write_device(reply);
    } else if (name == "policy"sv) {
        write_policy(reply);
    } else if (name == "log"sv) {
        reply.observable(log_resource);
        write_log(request, reply);
    } else {
        reply.code = coap::Code::NotFound;
    }
    return coap::Outcome::Done;
}

std::uint32_t Agent::poll() {
    finish_pending();
    std::uint64_t const now = runtime_.now_us();
    if (runtime_.log().end() != log_end_ && now - log_told_us_ >= config::log_notice_us) {
        log_end_ = runtime_.log().end();
        log_told_us_ = now;
        server_.changed(log_resource);
    }
    return server_.poll(now_ms());
}

}  // namespace mbpf::agent
