// SPDX-License-Identifier: MIT
// Two passes in slot order: the first finds functions, the second checks every instruction. Then
// the call graph and the stack. SPEC.md, "Verification".
#include "mbpf/verifier/verify.hpp"

#include "mbpf/verifier/field_rules.hpp"
#include "mbpf/verifier/frame_scan.hpp"
#include "mbpf/verifier/functions.hpp"

namespace mbpf::verifier {

using isa::Shape;
using isa::Slot;

namespace {

// The granted helpers that the program asks for. Once, because a hostile list of them is long.
machine::HelperSet allowed_helpers(program::Rights const& rights,
                                   machine::HelperSet const& granted) {
    if (!rights.present) {
        return granted;
    }
    machine::HelperSet allowed;
    for (std::uint32_t i = 0; i < rights.helper_count(); ++i) {
        if (granted.contains(rights.helper(i))) {
            allowed.add(rights.helper(i));
        }
    }
    return allowed;
}

// Checks answer true, or note the fault and answer false: on a 32-bit core that is a third of the
// code that returning an Error takes.
class Verifier {
public:
    Verifier(program::Program const& program, machine::HelperTable helpers, Policy const& policy)
        : text_{program.text},
          program_{program},
          helpers_{helpers},
          policy_{policy},
          allowed_{allowed_helpers(program.rights, policy.granted)} {}

    [[nodiscard]] bool verify();
    [[nodiscard]] machine::StackPlan plan() const { return plan_; }
    [[nodiscard]] Error error() const { return error_; }

private:
    [[nodiscard]] bool check_text();
    [[nodiscard]] bool find_functions();
    [[nodiscard]] bool add_function(Pc pc);
    [[nodiscard]] bool check_functions();
    [[nodiscard]] bool check_function(std::uint32_t first);
    [[nodiscard]] bool check_instruction();
    [[nodiscard]] bool check_fields();
    [[nodiscard]] bool check_registers();
    [[nodiscard]] bool check_meaning();
    [[nodiscard]] bool check_jump(std::uint32_t distance);
    [[nodiscard]] bool check_call();
    [[nodiscard]] bool check_helper();
    [[nodiscard]] bool check_wide();
    [[nodiscard]] bool plan_stack();

    [[nodiscard, gnu::noinline]] bool refuse(Fault fault, std::uint32_t found = 0,
                                             std::uint32_t allowed = 0) {
        error_ = {fault, pc_, found, allowed};
        return false;
    }
    // Only the tail of LDDW has opcode 0.
    [[nodiscard]] bool is_instruction(std::uint32_t slot) const {
        return text_[Pc{slot}].opcode() != 0;
    }

    // The instruction being checked. First, because a Cortex-M reaches the first 128 bytes of an
    // object with its short instructions.
    std::uint32_t pc_ = 0;
    Slot slot_;
    Shape shape_{};
    Fields fields_;
    std::uint32_t function_ = 0;
    std::uint32_t function_end_ = 0;
    bool is_live_ = true;      // Whether a run may come to the instruction, for all that is known.
    std::uint32_t reach_ = 0;  // The furthest slot that such instructions jump to.

    isa::Text text_;
    program::Program const& program_;
    machine::HelperTable helpers_;
    Policy const& policy_;
    Error error_{};
    FrameScan frame_;
    machine::StackPlan plan_;
    machine::HelperSet allowed_;
    Functions functions_;
};

bool Verifier::check_text() {
    Bytes const bytes = text_.bytes();
    if (bytes.empty()) {
        return refuse(Fault::TextEmpty);
    }
    if (bytes.size() % slot_bytes != 0) {
        return refuse(Fault::LengthNotAligned, std::uint32_t(bytes.size()), slot_bytes);
    }
    if (text_.slots() > config::max_slots) {
        return refuse(Fault::TextTooLong, text_.slots(), config::max_slots);
    }
    std::uint32_t const misaligned = std::uint32_t(address_of(bytes.data()) % 4);
    return misaligned == 0 || refuse(Fault::AddressNotAligned, misaligned, 4);
}

bool Verifier::add_function(Pc pc) {
    return functions_.add(pc) ||
           refuse(Fault::TooManyFunctions, functions_.size() + 1, config::max_functions);
}

// Call targets that check_call() will refuse are left out: it reports them where they stand.
bool Verifier::find_functions() {
    if (config::is_smallest) {  // All of the text is one.
        return true;
    }
    bool good = add_function(Pc{0});
    for (std::uint32_t i = 0; i < program_.entries.size() && good; ++i) {
        Pc const entry = program_.entries.at(i).pc;
        pc_ = entry.slot;
        // Slot 0 is no second half: if it is no instruction, that is what is wrong with it.
        if (entry.slot >= text_.slots() || (entry.slot != 0 && !is_instruction(entry.slot))) {
            return refuse(Fault::EntryOutOfRange, entry.slot, text_.slots() - 1);
        }
        good = add_function(entry);
    }
    for (pc_ = 0; pc_ < text_.slots() && good; ++pc_) {
        Slot const slot = text_[Pc{pc_}];
        if (slot.opcode() == std::uint8_t(isa::Opcode::Call) && slot.src() == 1) {
            std::uint32_t const target = pc_ + 1 + slot.high;  // May wrap: then it is far outside.
            good = target >= text_.slots() || !is_instruction(target) || add_function(Pc{target});
        }
    }
    return good;
}

bool Verifier::check_fields() {
    if (!fields_.has_dst() && slot_.dst() != 0) {
        return refuse(Fault::DestinationReserved, slot_.dst());
    }
    if (!fields_.has_src() && slot_.src() != 0) {
        return refuse(Fault::SourceReserved, slot_.src());
    }
    if (!fields_.has(Field::Offset) && slot_.offset() != 0) {
        return refuse(Fault::OffsetReserved, std::uint32_t(slot_.offset()));
    }
    return fields_.has(Field::Imm) || slot_.imm() == 0 ||
           refuse(Fault::ImmediateReserved, slot_.high);
}

bool Verifier::check_registers() {
    constexpr std::uint8_t last = isa::frame_pointer;
    std::uint8_t const dst = fields_.has_dst() ? slot_.dst() : 0;
    std::uint8_t const src = fields_.has(Field::Src) ? slot_.src() : 0;
    std::uint8_t const unknown = dst > last ? dst : src;
    if (unknown > last) {
        return refuse(Fault::RegisterUnknown, unknown, last);
    }
    bool const written = fields_.has(Field::DstWritten) && dst == last;
    bool const fetched =
        shape_ == Shape::AtomicReg && src == last && isa::atomic_writes_source(slot_.imm());
    return !(written || fetched) || refuse(Fault::FramePointerWritten, last, last - 1);
}

// `distance` is counted from the next slot. The sum may wrap: then it is far outside.
bool Verifier::check_jump(std::uint32_t distance) {
    std::uint32_t const target = pc_ + 1 + distance;
    if (target >= text_.slots()) {
        return refuse(Fault::JumpOutOfRange, target, text_.slots() - 1);
    }
    if (!is_instruction(target)) {
        return refuse(Fault::JumpIntoWide, target);
    }
    bool const inside = config::is_smallest ||
                        (target >= functions_.start(function_).slot && target < function_end_);
    if (!config::is_smallest && is_live_ && target > reach_) {
        reach_ = target;
    }
    return inside || refuse(Fault::JumpOutOfFunction, target, function_end_ - 1);
}

bool Verifier::check_helper() {
    HelperId const id{slot_.high};
    if (helpers_.find(id) == nullptr) {
        return refuse(Fault::HelperUnknown, id.number);
    }
    return allowed_.contains(id) || refuse(Fault::HelperNotGranted, id.number);
}

bool Verifier::check_call() {
    if (slot_.src() == 0) {
        return check_helper();
    }
    if (slot_.src() != 1 || config::is_smallest) {
        return refuse(Fault::CallKindUnknown, slot_.src(), config::is_smallest ? 0 : 1);
    }
    std::uint32_t const target = pc_ + 1 + slot_.high;
    if (target >= text_.slots()) {
        return refuse(Fault::CallOutOfRange, target, text_.slots() - 1);
    }
    if (!is_instruction(target)) {
        return refuse(Fault::CallIntoWide, target);
    }
    if (is_live_) {
        functions_.add_call(function_, functions_.find(Pc{target}));
    }
    return true;
}

bool Verifier::check_wide() {
    if (pc_ + 1 >= function_end_) {
        return refuse(Fault::WideIncomplete, slot_.opcode());
    }
    Slot const tail = text_[Pc{pc_ + 1}];
    if (tail.low != 0) {
        return refuse(Fault::WideTailReserved, tail.low);
    }
    if (shape_ == Shape::Wide) {
        if (slot_.src() == isa::map_by_index) {
            std::uint32_t const maps = program_.map_count;
            return (slot_.high < maps && tail.high == 0) ||
                   refuse(Fault::MapUnknown, slot_.high, maps);
        }
        return slot_.src() == 0 || refuse(Fault::WideKindUnresolved, slot_.src());
    }
    // The 16-bit offset of a load or store may bring an address this far outside back inside.
    constexpr std::uint64_t slack = 0x8000;
    bool const is_data =
        slot_.opcode() == std::uint8_t(isa::Opcode::LddwData) && !program_.data_is_rodata();
    std::uint32_t const bytes =
        is_data ? program_.writable_bytes() : std::uint32_t(program_.rodata.size());
    std::uint64_t const offset = slot_.high | std::uint64_t(tail.high) << 32;
    bool const near = offset + slack <= bytes + 2 * slack;  // May wrap: -1 is near.
    return (bytes != 0 && near) || refuse(Fault::WideOutOfSection, slot_.high, bytes);
}

// What a shape asks of its fields beyond being there.
bool Verifier::check_meaning() {
    std::int32_t const offset = slot_.offset();
    switch (shape_) {
        case Shape::LegacyPacket: return refuse(Fault::OpcodeLegacyPacket, slot_.opcode());
        case Shape::CallRegister: return refuse(Fault::OpcodeCallRegister, slot_.opcode());
        case Shape::DivideImm:
        case Shape::DivideReg:
            return offset == 0 || (offset == 1 && !config::is_smallest) ||
                   refuse(Fault::OffsetNotDivision, std::uint32_t(offset), 1);
        case Shape::MoveReg: {
            std::int32_t const widest =
                isa::class_of(slot_.opcode()) == isa::Class::Alu64 ? 32 : 16;
            bool const known = offset == 0 || (!config::is_smallest &&
                                               (offset == 8 || offset == 16 || offset == 32));
            return (known && offset <= widest) ||
                   refuse(Fault::OffsetNotExtension, std::uint32_t(offset), std::uint32_t(widest));
        }
        case Shape::ByteSwap:
            return slot_.imm() == 16 || slot_.imm() == 32 || slot_.imm() == 64 ||
                   refuse(Fault::WidthNotSwappable, slot_.high, 64);
        case Shape::AtomicReg:
            return isa::is_atomic_operation(slot_.imm()) ||
                   refuse(Fault::AtomicUnknown, slot_.high);
        case Shape::JumpAlways:
        case Shape::JumpImm:
        case Shape::JumpReg: return check_jump(std::uint32_t(offset));
        case Shape::JumpLong: return check_jump(slot_.high);
        case Shape::Call: return check_call();
        case Shape::Wide:
        case Shape::WideSection: return check_wide();
        case Shape::Invalid:
        case Shape::AluImm:
        case Shape::AluReg:
        case Shape::Negate:
        case Shape::Exit:
        case Shape::Load:
        case Shape::StoreImm:
        case Shape::StoreReg: return true;
    }
    return true;
}

bool Verifier::check_instruction() {
    slot_ = text_[Pc{pc_}];
    shape_ = isa::shape_of(slot_.opcode());
    fields_ = field_rules[std::size_t(shape_)];
    if (shape_ == Shape::Invalid) {
        return refuse(Fault::OpcodeUnknown, slot_.opcode());
    }
    // An opcode that is refused by name has no fields to speak of.
    bool const is_named = shape_ == Shape::LegacyPacket || shape_ == Shape::CallRegister;
    if (!is_named && !(check_fields() && check_registers())) {
        return false;
    }
    if (!check_meaning()) {
        return false;
    }
    if (config::is_smallest || !is_live_) {
        return true;
    }
    frame_.add(slot_, shape_, fields_);
    return frame_.bytes() <= config::max_frame_bytes ||
           refuse(Fault::FrameTooLarge, frame_.bytes(), config::max_frame_bytes);
}

// Whether the instructions from `first` up to function_end_ are right, and none falls off the end.
// Behind what leaves, there may be code that nothing jumps to from before, such as a function that
// nobody calls: it asks for no stack.
bool Verifier::check_function(std::uint32_t first) {
    std::uint32_t next = first;
    is_live_ = true;
    while (next < function_end_) {
        pc_ = next;
        if (!check_instruction()) {
            return false;
        }
        next += isa::is_wide(shape_) ? 2u : 1u;
        if (!config::is_smallest && (fields_.has(Field::Leaves) || !is_live_)) {
            is_live_ = next <= reach_;
        }
    }
    return fields_.has(Field::Leaves) || refuse(Fault::FallsOffEnd, slot_.opcode());
}

bool Verifier::check_functions() {
    if (config::is_smallest) {
        function_end_ = text_.slots();
        return check_function(0);
    }
    bool good = true;
    for (function_ = 0; good && function_ < functions_.size(); ++function_) {
        function_end_ = functions_.end(function_, text_.slots());
        good = check_function(functions_.start(function_).slot);
    }
    return good;
}

bool Verifier::plan_stack() {
    if (config::is_smallest) {  // As much as there is.
        return true;
    }
    std::uint32_t const max_depth = policy_.max_call_depth < config::max_call_depth
                                        ? policy_.max_call_depth
                                        : config::max_call_depth;
    Functions::Depth const depth = functions_.depth();
    pc_ = depth.deepest.slot;
    bool const recursive = depth.functions > functions_.size();
    if (recursive && policy_.recursion == Recursion::Refused) {
        return refuse(Fault::CallRecursive, pc_);
    }
    if ((!recursive || max_depth == 0) && depth.functions > max_depth) {
        return refuse(Fault::CallTooDeep, depth.functions, max_depth);
    }
    plan_.depth = std::uint8_t(recursive ? max_depth : depth.functions);
    plan_.frame_bytes = std::uint16_t(align_up(
        frame_.bytes(), plan_.depth > 1 ? machine::stack_alignment : machine::memory_alignment));
    plan_.may_recurse = recursive;
    pc_ = 0;
    return plan_.stack_bytes() <= policy_.max_stack_bytes ||
           refuse(Fault::StackTooLarge, plan_.stack_bytes(), policy_.max_stack_bytes);
}

bool Verifier::verify() {
    return check_text() && find_functions() && check_functions() && plan_stack();
}

}  // namespace

Result<VerifiedProgram> verify(program::Program const& program, machine::HelperTable helpers,
                               Policy const& policy) {
    Verifier verifier{program, helpers, policy};
    if (!verifier.verify()) {
        return verifier.error();
    }
    return VerifiedProgram{program, verifier.plan()};
}

}  // namespace mbpf::verifier
