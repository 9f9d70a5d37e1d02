// SPDX-License-Identifier: MIT
#include "device/simulation.hpp"

namespace mbpf::device {

namespace {

using std::string_view_literals::operator""sv;

void get(Sensors const& sensors, std::string_view name, coap::Reply& reply) {
    std::optional<helpers::Digits> const text = sensors.text(name);
    if (!text) {
        reply.refuse(coap::Code::NotFound, "there is no such sensor or pin"sv);
        return;
    }
    reply.content_format = coap::Format::Text;
    reply.put(std::string_view{text->text(), text->size()});
}

void put(Sensors& sensors, std::string_view name, std::string_view text, coap::Reply& reply) {
    switch (sensors.set(name, text)) {
        case Sensors::Setting::Done: reply.code = coap::Code::Changed; return;
        case Sensors::Setting::Unknown:
            reply.refuse(coap::Code::NotFound, "there is no such sensor or pin"sv);
            return;
        case Sensors::Setting::NotANumber:
            reply.refuse(coap::Code::BadRequest, "this is no decimal number"sv);
            return;
        case Sensors::Setting::TooPrecise:
            reply.refuse(coap::Code::BadRequest, "it does not measure as many digits"sv);
            return;
        case Sensors::Setting::OutOfRange:
            reply.refuse(coap::Code::BadRequest, "it does not measure as much"sv);
            return;
    }
}

bool handle(void* context, coap::Request const& request, coap::Reply& reply) {
    if (request.path.size() != 2 || request.path[0] != "sim"sv) {
        return false;
    }
    Sensors& sensors = *static_cast<Sensors*>(context);
    if (request.method == coap::Method::Get) {
        get(sensors, request.path[1], reply);
    } else if (request.method == coap::Method::Put) {
        put(sensors, request.path[1], as_text(request.payload), reply);
    } else {
        reply.code = coap::Code::MethodNotAllowed;
    }
    return true;
}

}  // namespace

agent::Extension simulation(Sensors& sensors) { return {&sensors, &handle}; }

}  // namespace mbpf::device
