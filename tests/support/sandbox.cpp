// SPDX-License-Identifier: MIT
#include "tests/support/sandbox.hpp"

#include <algorithm>
#include <cstring>
#include <sstream>

#include "tests/support/hex.hpp"
#include "tests/support/names.hpp"

namespace mbpf::test {

namespace {

std::vector<std::byte> copy_of(machine::Region const& region) {
    Bytes const bytes{pointer_to(region.base), region.bytes};
    return {bytes.begin(), bytes.end()};
}

}  // namespace

Block::Block(std::vector<std::byte> const& contents)
    : memory_{new std::byte[contents.size()]}, size_{contents.size()} {
    std::copy(contents.begin(), contents.end(), memory_.get());
}

Sandbox::Sandbox(Setup setup)
    : setup_{std::move(setup)},
      text_{setup_.text},
      rodata_{setup_.rodata},
      data_{setup_.data},
      context_{setup_.context} {
    program_.text = isa::Text{text_.bytes()};
    program_.rodata = rodata_.bytes();
    program_.data = data_.bytes();
    program_.bss_bytes = setup_.bss_bytes;
    Result<verifier::VerifiedProgram> const verified =
        verifier::verify(program_, test_helpers(), setup_.policy);
    if (!verified.has_value()) {
        refusal_ = verified.error();
        return;
    }
    verified_ = *verified;

    accelerated_.emplace(setup_.text);
    program::Program accelerated = program_;
    accelerated.text = isa::Text{accelerated_->bytes()};
    accelerated_program_ = *verifier::verify(accelerated, test_helpers(), setup_.policy);
    interpreter::accelerate(*accelerated_program_, accelerated_->bytes());

    memory_.emplace(std::vector<std::byte>(machine::memory_bytes(program_, verified_->plan())));
    reset();
}

void Sandbox::reset() {
    // What a run leaves in memory must not help the next one.
    std::ranges::fill(memory_->bytes(), std::byte{0xa5});
    Result<void> done =
        instance_.prepare(program_, verified_->plan(), memory_->bytes(), test_helpers());
    std::ranges::copy(setup_.context, context_.bytes().begin());
    if (done.has_value()) {
        done = instance_.set_context({address_of(context_.bytes().data()),
                                      std::uint32_t(setup_.context.size()),
                                      setup_.context_permission});
    }
    if (!done.has_value()) {
        throw std::runtime_error{"a sandbox that cannot be prepared: " +
                                 std::string{name_of(done.error().fault)}};
    }
}

Observation Sandbox::observe(machine::Outcome const& outcome) const {
    return {outcome, copy_of(instance_.own()), copy_of(instance_.context())};
}

Observation Sandbox::run(Way way) { return run(way, setup_.budget); }

Observation Sandbox::run(Way way, Budget budget) {
    reset();
    if (way == Way::Reference) {
        return run_reference(budget);
    }
    bool const in_place = way == Way::InPlace;
    return observe(interpreter::run(in_place ? *verified_ : *accelerated_program_, instance_,
                                    Pc{setup_.entry_slot}, budget));
}

Observation Sandbox::run_reference(Budget budget) {
    GuestMemory memory;
    for (std::uint32_t i = 0; i < instance_.regions().size(); ++i) {
        machine::Region const& region = instance_.regions()[i];
        memory.regions.push_back({region.base, copy_of(region),
                                  region.allows(machine::Access::Read),
                                  region.allows(machine::Access::Write)});
    }
    GuestProgram program;
    program.text = text_.bytes();
    program.helpers = &test_helper_models();
    program.data_address = instance_.data_address();
    program.rodata_address = instance_.rodata_address();
    program.context_address = instance_.context().base;
    program.context_bytes = instance_.context().bytes;
    program.frame_pointer = instance_.frame_pointer();
    program.frame_bytes = verified_->plan().frame_bytes;
    program.depth = verified_->plan().depth;
    machine::Outcome const outcome =
        Reference{program, memory}.run(setup_.entry_slot, budget.instructions);
    return {outcome, memory.regions[0].contents, memory.regions[2].contents};
}

bool agree(Observation const& a, Observation const& b) {
    machine::TrapReport const& left = a.outcome.report;
    machine::TrapReport const& right = b.outcome.report;
    bool const same_result =
        left.trap != machine::Trap::None || a.outcome.result == b.outcome.result;
    return left.trap == right.trap && left.bytes == right.bytes && left.pc == right.pc &&
           left.address == right.address && same_result &&
           a.outcome.instructions == b.outcome.instructions && a.own == b.own &&
           a.context == b.context;
}

std::string describe(Observation const& observation) {
    machine::Outcome const& outcome = observation.outcome;
    std::ostringstream text;
    text << name_of(outcome.report.trap) << " at " << outcome.report.pc.slot << std::hex
         << ", address 0x" << outcome.report.address << ", bytes " << unsigned(outcome.report.bytes)
         << ", r0 0x" << outcome.result << std::dec << ", " << outcome.instructions
         << " instructions, context " << to_hex(observation.context) << ", own "
         << to_hex(observation.own);
    return text.str();
}

std::string compare_ways(Sandbox& sandbox, Budget budget) {
    Observation const expected = sandbox.run(Way::Reference, budget);
    std::string report;
    for (Way const way : {Way::InPlace, Way::Accelerated}) {
        Observation const found = sandbox.run(way, budget);
        if (!agree(expected, found)) {
            report += way == Way::InPlace ? "in place:    " : "accelerated: ";
            report += describe(found) + '\n';
        }
    }
    if (!report.empty()) {
        report = "budget " + std::to_string(budget.instructions) +
                 "\nreference:   " + describe(expected) + '\n' + report;
    }
    return report;
}

}  // namespace mbpf::test
