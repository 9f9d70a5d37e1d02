// SPDX-License-Identifier: MIT
#include "toolkit/disasm/native_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "toolkit/explain/helper_names.hpp"
#include "toolkit/input/number.hpp"
#include "toolkit/isa/disassembly.hpp"

namespace mbpf::toolkit::disasm {

namespace {

using jit::Part;
using native::Line;
using report::Ink;

constexpr std::size_t left_columns = 44;

// The helper that a line calls; empty if it calls none.
std::string called_helper(isa::Text text, Line const& line) {
    isa::Slot const slot = text[line.pc];
    bool const calls =
        line.calls_out && slot.opcode() == std::uint8_t(isa::Opcode::Call) && slot.src() == 0;
    return calls ? explain::helper_text(HelperId{slot.high}) : "";
}

// The text on both sides: its left half is of the program, its right half of the device.
class View {
public:
    View(input::Input const& input, native::Code const& code, report::Palette const& palette)
        : input_{input},
          code_{code},
          palette_{palette},
          labels_{disassembly::make_labels(input.program.text, input.map.functions)},
          lines_{native::disassemble(code)} {}

    [[nodiscard]] std::string text() {
        for (Line const& line : lines_) {
            bool const is_body =
                line.part == Part::Work || line.part == Part::Check || line.part == Part::Fuel;
            bool const is_fuel = line.part == Part::Fuel;
            if (is_body) {
                show_up_to(is_fuel ? line.pc.slot : line.pc.slot + 1);
            } else {
                show_section(line);
            }
            if (is_fuel) {
                flush();
                show_source(line.pc);
                show_label(line.pc);
            }
            add(left_, right_of(line));
            left_.clear();
        }
        show_up_to(input_.program.text.slots());
        flush();
        return text_;
    }

private:
    // What of the program comes before slot `end`; the last of it stays, to stand beside code.
    void show_up_to(std::uint32_t end) {
        section_.clear();
        isa::Text const text = input_.program.text;
        while (next_.slot < end) {
            flush();
            show_source(next_);
            show_label(next_);
            left_ = fmt::format("{:5}: {}", next_.slot,
                                disassembly::instruction_text(text, next_, labels_));
            next_.slot += disassembly::slots_of(text, next_);
        }
    }
    void flush() {
        if (!left_.empty()) {
            add(left_, "");
            left_.clear();
        }
    }
    void show_source(Pc pc) {
        std::optional<source::Line> const line = input_.map.find(pc);
        if (line && (!last_ || last_->file != line->file || last_->number != line->number)) {
            text_ += palette_.paint(Ink::Dim, fmt::format("; {}:{}", line->file, line->number)) +
                     (line->text.empty() ? "" : "  ") + palette_.paint(Ink::Cyan, line->text) +
                     "\n";
        }
        last_ = line;
    }
    void show_label(Pc pc) {
        if (!labels_[pc.slot].empty() && labelled_ != pc) {
            labelled_ = pc;
            text_ += palette_.paint(Ink::Yellow, labels_[pc.slot] + ":") + "\n";
        }
    }
    // Code that is of no instruction, or away from its own.
    void show_section(Line const& line) {
        std::string const name =
            line.part == Part::Cold    ? fmt::format("away from slot {}", line.pc.slot)
            : line.part == Part::Start ? fmt::format("entry, to slot {}", line.pc.slot)
            : line.part == Part::Enter ? fmt::format("called: slot {}", line.pc.slot)
            : line.part == Part::Table ? "not code"
                                       : "ways out, of all of the program";
        if (name != section_) {
            flush();
            text_ += palette_.paint(Ink::Dim, fmt::format("; {}", name)) + "\n";
        }
        section_ = name;
    }
    [[nodiscard]] std::string right_of(Line const& line) const {
        std::string bytes;
        for (std::uint32_t i = 0; i < line.size; i += 2) {
            bytes += fmt::format("{:04x} ", load<std::uint16_t>(Bytes{code_.bytes}, line.at + i));
        }
        std::string const remark = remark_of(line);
        return fmt::format("{} {:11}{}{}{}",
                           palette_.paint(Ink::Dim, fmt::format("{:5x}:", line.at)),
                           palette_.paint(Ink::Dim, bytes), line.text, remark.empty() ? "" : "  ",
                           palette_.paint(line.part == Part::Work ? Ink::Green : Ink::Dim, remark));
    }
    [[nodiscard]] std::string remark_of(Line const& line) const {
        std::string remark;
        if (line.part == Part::Check || line.part == Part::Fuel) {
            remark = fmt::format("; {}", native::name_of(line.part));
        }
        if (line.target == 0) {
            return remark + (remark.empty() ? "; " : ", ") + "asks the firmware";
        }
        if (line.target != Line::no_target) {
            std::string const label = label_at(line.target);
            return label.empty() ? remark : remark + (remark.empty() ? "; " : ", ") + label;
        }
        std::string const helper = called_helper(input_.program.text, line);
        return helper.empty() ? remark : "; " + helper;
    }
    // Of the instruction whose code starts there.
    [[nodiscard]] std::string label_at(std::uint32_t target) const {
        for (jit::Note const& note : code_.notes) {
            if (note.at == target && note.part != Part::Cold && note.part != Part::Common) {
                return labels_[note.pc.slot];
            }
        }
        return "";
    }
    void add(std::string const& left, std::string const& right) {
        text_ += right.empty() ? left + "\n" : fmt::format("{:{}} {}\n", left, left_columns, right);
    }

    input::Input const& input_;
    native::Code const& code_;
    report::Palette const& palette_;
    std::vector<std::string> labels_;
    std::vector<Line> lines_;
    std::string text_;
    std::string left_;  // Of the program, not shown yet.
    std::string section_;
    std::optional<source::Line> last_;
    std::optional<Pc> labelled_;  // The last label is of this.
    Pc next_{};
};

}  // namespace

std::string native_text(input::Input const& input, native::Code const& code,
                        report::Palette const& palette) {
    return View{input, code, palette}.text();
}

nlohmann::ordered_json native_json(input::Input const& input, native::Code const& code) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (Line const& line : native::disassemble(code)) {
        Bytes const bytes = Bytes{code.bytes}.subspan(line.at, line.size);
        nlohmann::ordered_json json{{"at", line.at},
                                    {"bytes", input::hex_text(bytes)},
                                    {"text", line.text},
                                    {"part", native::name_of(line.part)}};
        if (line.part != Part::Common && line.part != Part::Table) {
            json["slot"] = line.pc.slot;
        }
        if (line.target != Line::no_target) {
            json["target"] = line.target;
        }
        if (std::string const helper = called_helper(input.program.text, line); !helper.empty()) {
            json["helper"] = helper;
        }
        list.push_back(std::move(json));
    }
    return list;
}

}  // namespace mbpf::toolkit::disasm
