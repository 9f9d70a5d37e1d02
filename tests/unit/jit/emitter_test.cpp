// SPDX-License-Identifier: MIT
// Every encoding of the emitter against the GNU assembler's, over operands: both make bytes of the
// same instructions, in the same width.
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mbpf/jit/emitter.hpp"

namespace mbpf::test {
namespace {

using jit::Cond;
using jit::Emitter;
using jit::Op;
using jit::Reg;
using jit::Sets;
using jit::Shifted;
using jit::ShiftKind;

constexpr Reg regs[]{Reg::r0, Reg::r3, Reg::r7, Reg::r8, Reg::r12, Reg::lr};
constexpr Sets all_sets[]{Sets::Any, Sets::Nothing, Sets::Flags};
constexpr Op ops[]{Op::And, Op::Bic, Op::Orr, Op::Orn, Op::Eor,
                   Op::Add, Op::Adc, Op::Sbc, Op::Sub, Op::Rsb};
constexpr char const* conds[]{"eq", "ne", "hs", "lo", "mi", "pl", "vs",
                              "vc", "hi", "ls", "ge", "lt", "gt", "le"};

std::string name(Reg reg) {
    std::uint32_t const number = std::uint32_t(reg);
    constexpr char const* last[]{"sp", "lr", "pc"};
    return number < 13 ? "r" + std::to_string(number) : last[number - 13];
}

std::string name(Op op) {
    switch (op) {
        case Op::And: return "and";
        case Op::Bic: return "bic";
        case Op::Orr: return "orr";
        case Op::Orn: return "orn";
        case Op::Eor: return "eor";
        case Op::Add: return "add";
        case Op::Adc: return "adc";
        case Op::Sbc: return "sbc";
        case Op::Sub: return "sub";
        case Op::Rsb: return "rsb";
    }
    return "";
}

std::string name(ShiftKind kind) {
    constexpr char const* names[]{"lsl", "lsr", "asr", "ror"};
    return names[std::uint32_t(kind)];
}

std::string name(Shifted operand) {
    std::string const reg = name(operand.reg());
    return operand.is_plain()
               ? reg
               : reg + ", " + name(operand.kind()) + " #" + std::to_string(operand.amount());
}

std::string imm(std::uint32_t value) { return "#" + std::to_string(value); }
bool fits(std::uint32_t value) { return jit::is_modified_immediate(value); }

class Encodings : public testing::Test {
protected:
    // `text` says what was emitted, in as many bytes.
    void check(std::function<void(Emitter&)> const& emit,
               std::function<std::string(std::uint32_t bytes)> const& text) {
        std::byte room[2056];
        Emitter emitter{WritableBytes{room}};
        emit(emitter);
        ASSERT_TRUE(emitter.fits());
        std::uint32_t const bytes = emitter.size();
        code_.insert(code_.end(), room, room + bytes);
        lines_.push_back(text(bytes));
        ends_.push_back(code_.size());
    }
    void check(std::function<void(Emitter&)> const& emit, std::string const& narrow,
               std::string const& wide) {
        check(emit, [&](std::uint32_t bytes) { return bytes == 2 ? narrow : wide; });
    }

    void TearDown() override {
        std::string const base = testing::TempDir() + "mbpf_encodings_" +
                                 testing::UnitTest::GetInstance()->current_test_info()->name();
        std::ofstream source{base + ".s"};
        source << ".syntax unified\n.cpu cortex-m4\n.thumb\n";
        for (std::string const& line : lines_) {
            source << line << "\n";
        }
        source.close();
        ASSERT_EQ(run("arm-none-eabi-as -o " + base + ".o " + base + ".s"), 0);
        ASSERT_EQ(run("arm-none-eabi-objcopy -O binary " + base + ".o " + base + ".bin"), 0);
        std::ifstream binary{base + ".bin", std::ios::binary};
        std::string const bytes{std::istreambuf_iterator<char>{binary}, {}};
        ASSERT_FALSE(lines_.empty());
        std::size_t start = 0;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            for (std::size_t at = start; at < ends_[i]; ++at) {
                ASSERT_LT(at, bytes.size());
                ASSERT_EQ(std::uint8_t(bytes[at]), std::uint8_t(code_[at]))
                    << lines_[i] << ", byte " << at - start;
            }
            start = ends_[i];
        }
        EXPECT_EQ(bytes.size(), code_.size());
    }

private:
    static int run(std::string const& command) { return std::system(command.c_str()); }

    std::vector<std::byte> code_;
    std::vector<std::string> lines_;
    std::vector<std::size_t> ends_;
};

// What op does to two registers, in `bytes`.
std::string alu_text(Op op, Reg rd, Reg rn, Shifted operand, Sets sets, std::uint32_t bytes) {
    bool const are_low = is_low(rd) && is_low(rn) && is_low(operand.reg());
    Reg const other = rd == rn ? operand.reg() : rn;
    if (bytes == 2 && op == Op::Add && (sets == Sets::Nothing || !are_low)) {
        return "add.n " + name(rd) + ", " + name(other);
    }
    if (bytes == 2) {
        EXPECT_NE(sets, Sets::Nothing);
        bool const is_three = op == Op::Add || op == Op::Sub;
        return name(op) + "s.n " + name(rd) + ", " + name(is_three ? rn : rd) + ", " +
               name(is_three ? operand.reg() : other);
    }
    return name(op) + (sets == Sets::Flags ? "s.w " : ".w ") + name(rd) + ", " + name(rn) + ", " +
           name(operand);
}

TEST_F(Encodings, AluOfRegisters) {
    for (Op const op : ops) {
        for (Reg const rd : regs) {
            for (Reg const rn : regs) {
                for (Reg const rm : regs) {
                    for (Shifted const operand :
                         {Shifted{rm}, Shifted{rm, ShiftKind::Lsl, 1},
                          Shifted{rm, ShiftKind::Lsr, 31}, Shifted{rm, ShiftKind::Asr, 6},
                          Shifted{rm, ShiftKind::Ror, 9}}) {
                        for (Sets const sets : all_sets) {
                            check(
                                [&](Emitter& emit) {
                                    emit.alu({op, sets}, rd, rn, operand);
                                },
                                [&](std::uint32_t bytes) {
                                    return alu_text(op, rd, rn, operand, sets, bytes);
                                });
                        }
                    }
                }
            }
        }
    }
}

std::vector<std::uint32_t> constants() {
    std::vector<std::uint32_t> values{0x1ff,      0xff00,     0xff00ff,   0xff00ff00, 0x12121212,
                                      0x12345678, 0xffff0000, 0x80000000, 0x7fffffff, 4095,
                                      4096,       32767,      65535,      65536,      0xabcd0000,
                                      0xfffff001, 0xfffff000, 0xffff7fff, 0x00fedc00};
    for (std::uint32_t small = 0; small < 12; ++small) {
        values.insert(values.end(), {small, 250 + small, 0 - small, 0 - (250 + small)});
    }
    for (std::uint32_t bit = 0; bit < 32; ++bit) {
        values.insert(values.end(), {1u << bit, ~(1u << bit), 0xa5u << bit});
    }
    return values;
}

std::string move_text(Reg rd, std::uint32_t value, std::uint32_t& bytes) {
    bytes = 4;
    if (fits(value)) {
        return "mov.w " + name(rd) + ", " + imm(value);
    }
    if (fits(~value)) {
        return "mvn.w " + name(rd) + ", " + imm(~value);
    }
    std::string const low = "movw " + name(rd) + ", " + imm(value & 0xffff);
    bytes = value > 0xffff ? 8 : 4;
    return value > 0xffff ? low + "\nmovt " + name(rd) + ", " + imm(value >> 16) : low;
}

std::string constant_text(Op op, Reg rd, Reg rn, std::uint32_t value, Sets sets,
                          std::uint32_t bytes) {
    constexpr std::pair<Op, Op> pairs[]{
        {Op::Add, Op::Sub}, {Op::And, Op::Bic}, {Op::Orr, Op::Orn}, {Op::Adc, Op::Sbc}};
    Op other = op;
    for (auto const& [a, b] : pairs) {
        other = op == a ? b : op == b ? a : other;
    }
    other = op == Op::Orn ? op : other;  // The emitter does not turn this one.
    bool const is_sum = op == Op::Add || op == Op::Sub;
    std::uint32_t const opposite = is_sum ? 0 - value : ~value;
    std::string const operands = name(rd) + ", " + name(rn) + ", ";
    if (bytes == 2) {
        EXPECT_NE(sets, Sets::Nothing);
        bool const turns = value > 255;
        return name(turns ? other : op) + "s.n " + operands + imm(turns ? opposite : value);
    }
    std::string const suffix = sets == Sets::Flags ? "s.w " : ".w ";
    if (fits(value) || (other != op && fits(opposite))) {
        EXPECT_EQ(bytes, 4u);
        return name(fits(value) ? op : other) + suffix + operands +
               imm(fits(value) ? value : opposite);
    }
    if (is_sum && sets != Sets::Flags && (value < 4096 || opposite < 4096)) {
        return name(value < 4096 ? op : other) + "w " + operands +
               imm(value < 4096 ? value : opposite);
    }
    Reg const temporary = rd != rn ? rd : rn == Reg::lr ? Reg::r12 : Reg::lr;
    std::uint32_t moved = 0;
    std::string const move = move_text(temporary, value, moved);
    return move + "\n" + alu_text(op, rd, rn, temporary, sets, bytes - moved);
}

TEST_F(Encodings, AluOfConstants) {
    for (Op const op : ops) {
        for (Reg const rd : regs) {
            for (Reg const rn : regs) {
                for (std::uint32_t const value : constants()) {
                    for (Sets const sets : all_sets) {
                        check(
                            [&](Emitter& emit) {
                                emit.alu({op, sets}, rd, rn, value);
                            },
                            [&](std::uint32_t bytes) {
                                return constant_text(op, rd, rn, value, sets, bytes);
                            });
                    }
                }
            }
        }
    }
}

TEST_F(Encodings, ComparisonsAndTests) {
    for (Reg const rn : regs) {
        for (Reg const rm : regs) {
            std::string const both = name(rn) + ", " + name(rm);
            check([&](Emitter& emit) { emit.compare(rn, rm); }, "cmp.n " + both, "");
            check([&](Emitter& emit) { emit.test(rn, rm); }, "tst.n " + both, "tst.w " + both);
            Shifted const shifted{rm, ShiftKind::Asr, 5};
            check([&](Emitter& emit) { emit.compare(rn, shifted); }, "",
                  "cmp.w " + name(rn) + ", " + name(shifted));
        }
        for (std::uint32_t const value : constants()) {
            std::uint32_t const minus = 0 - value;
            if (fits(value) || fits(minus)) {
                std::string const wide = fits(value) ? "cmp.w " + name(rn) + ", " + imm(value)
                                                     : "cmn.w " + name(rn) + ", " + imm(minus);
                check([&](Emitter& emit) { emit.compare(rn, value); },
                      "cmp.n " + name(rn) + ", " + imm(value), wide);
            }
            if (fits(value)) {
                check([&](Emitter& emit) { emit.test(rn, value); }, "",
                      "tst.w " + name(rn) + ", " + imm(value));
            }
        }
    }
}

TEST_F(Encodings, Moves) {
    for (Reg const rd : regs) {
        for (Reg const rm : regs) {
            if (rd != rm) {
                check([&](Emitter& emit) { emit.move(rd, rm); },
                      "mov.n " + name(rd) + ", " + name(rm), "");
            }
        }
        for (std::uint32_t const value : constants()) {
            for (Sets const sets : {Sets::Any, Sets::Nothing}) {
                check([&](Emitter& emit) { emit.move(rd, value, sets); },
                      [&](std::uint32_t bytes) {
                          std::uint32_t moved = 0;
                          return bytes == 2 ? "movs.n " + name(rd) + ", " + imm(value)
                                            : move_text(rd, value, moved);
                      });
            }
        }
    }
}

TEST_F(Encodings, ShiftsProductsAndFields) {
    for (Reg const rd : regs) {
        for (Reg const rn : regs) {
            std::string const two = name(rd) + ", " + name(rn);
            for (std::uint32_t kind = 0; kind < 4; ++kind) {
                ShiftKind const shift{kind};
                for (std::uint32_t const amount : {1u, 7u, 31u}) {
                    std::string const rest = two + ", " + imm(amount);
                    check(
                        [&](Emitter& emit) {
                            emit.shift(rd, {rn, shift, amount});
                        },
                        name(shift) + "s.n " + rest, name(shift) + ".w " + rest);
                    check(
                        [&](Emitter& emit) {
                            emit.shift(rd, {rn, shift, amount}, Sets::Nothing);
                        },
                        "", name(shift) + ".w " + rest);
                    check(
                        [&](Emitter& emit) {
                            emit.shift(rd, {rn, shift, amount}, Sets::Flags);
                        },
                        name(shift) + "s.n " + rest, name(shift) + "s.w " + rest);
                }
            }
            check([&](Emitter& emit) { emit.invert(rd, rn); }, "mvns.n " + two, "mvn.w " + two);
            for (std::uint32_t const bits : {8u, 16u}) {
                std::string const unit = bits == 8 ? "xtb" : "xth";
                check([&](Emitter& emit) { emit.extend(rd, rn, bits, true); },
                      "s" + unit + ".n " + two, "s" + unit + ".w " + two);
                check([&](Emitter& emit) { emit.extend(rd, rn, bits, false); },
                      "u" + unit + ".n " + two, "u" + unit + ".w " + two);
            }
            check([&](Emitter& emit) { emit.reverse(rd, rn, 32); }, "rev.n " + two, "rev.w " + two);
            check([&](Emitter& emit) { emit.reverse(rd, rn, 16); }, "rev16.n " + two,
                  "rev16.w " + two);
            for (std::uint32_t const lsb : {0u, 5u, 31u}) {
                std::uint32_t const width = 32 - lsb;
                std::string const rest = two + ", " + imm(lsb) + ", " + imm(width);
                check([&](Emitter& emit) { emit.extract(rd, rn, lsb, width, false); }, "",
                      "ubfx " + rest);
                check([&](Emitter& emit) { emit.extract(rd, rn, lsb, 1, true); }, "",
                      "sbfx " + two + ", " + imm(lsb) + ", #1");
            }
            for (Reg const rm : regs) {
                std::string const three = two + ", " + name(rm);
                for (std::uint32_t kind = 0; kind < 4; ++kind) {
                    ShiftKind const shift{kind};
                    check([&](Emitter& emit) { emit.shift(shift, rd, rn, rm); },
                          name(shift) + "s.n " + three, name(shift) + ".w " + three);
                }
                check([&](Emitter& emit) { emit.multiply(rd, rn, rm); },
                      "muls.n " + name(rd) + ", " + name(rd == rn ? rm : rn) + ", " + name(rd),
                      "mul " + three);
                check([&](Emitter& emit) { emit.divide(rd, rn, rm, true); }, "", "sdiv " + three);
                check([&](Emitter& emit) { emit.divide(rd, rn, rm, false); }, "", "udiv " + three);
                std::string const sum = three + ", r8";
                check([&](Emitter& emit) { emit.multiply_add(rd, rn, rm, Reg::r8); }, "",
                      "mla " + sum);
                check([&](Emitter& emit) { emit.multiply_subtract(rd, rn, rm, Reg::r8); }, "",
                      "mls " + sum);
                if (rd != rn) {
                    check([&](Emitter& emit) { emit.multiply_long(rd, rn, rm, Reg::r3); }, "",
                          "umull " + three + ", r3");
                }
            }
        }
    }
}

TEST_F(Encodings, LoadsAndStores) {
    for (std::uint32_t const bytes : {1u, 2u, 4u}) {
        std::string const unit = bytes == 1 ? "b" : bytes == 2 ? "h" : "";
        for (Reg const rt : regs) {
            for (Reg const rn : {Reg::r0, Reg::r7, Reg::r8, Reg::r12, Reg::sp}) {
                std::string const base = name(rt) + ", [" + name(rn);
                for (std::int32_t const offset :
                     {-255, -4, -1, 0, 1, 2, 4, 31, 32, 62, 64, 124, 128, 255, 1020, 1024, 4095}) {
                    std::string const rest = base + ", #" + std::to_string(offset) + "]";
                    check([&](Emitter& emit) { emit.load(rt, rn, offset, bytes); },
                          "ldr" + unit + ".n " + rest, "ldr" + unit + ".w " + rest);
                    check([&](Emitter& emit) { emit.store(rt, rn, offset, bytes); },
                          "str" + unit + ".n " + rest, "str" + unit + ".w " + rest);
                    if (bytes < 4) {
                        check(
                            [&](Emitter& emit) {
                                emit.load(rt, rn, offset, {bytes, true});
                            },
                            "", "ldrs" + unit + ".w " + rest);
                    }
                }
                for (Reg const rm : regs) {
                    for (std::uint32_t const amount : {0u, 1u, 3u}) {
                        std::string const rest =
                            base + ", " + name({rm, ShiftKind::Lsl, amount}) + "]";
                        check(
                            [&](Emitter& emit) {
                                emit.load_indexed(rt, rn, {rm, ShiftKind::Lsl, amount}, bytes);
                            },
                            "ldr" + unit + ".n " + rest, "ldr" + unit + ".w " + rest);
                        check(
                            [&](Emitter& emit) {
                                emit.store_indexed(rt, rn, {rm, ShiftKind::Lsl, amount}, bytes);
                            },
                            "str" + unit + ".n " + rest, "str" + unit + ".w " + rest);
                        if (bytes < 4) {
                            check(
                                [&](Emitter& emit) {
                                    emit.load_indexed(rt, rn, {rm, ShiftKind::Lsl, amount},
                                                      {bytes, true});
                                },
                                "ldrs" + unit + ".n " + rest, "ldrs" + unit + ".w " + rest);
                        }
                    }
                }
            }
        }
    }
    check([](Emitter& emit) { emit.load_word(Reg::pc, Reg::sp, 40); }, "", "ldr.w pc, [sp, #40]");
}

TEST_F(Encodings, Branches) {
    for (Reg const rm : regs) {
        check([&](Emitter& emit) { emit.branch_register(rm); }, "bx " + name(rm), "");
        check([&](Emitter& emit) { emit.call_register(rm); }, "blx " + name(rm), "");
    }
    for (std::uint32_t i = 0; i < std::size(conds); ++i) {
        Cond const cond{std::uint8_t(i)};
        std::string const where = conds[i];
        std::string const movs = "\nmov" + where + ".n r8, r1";
        check(
            [&](Emitter& emit) {
                emit.if_then(cond);
                emit.move(Reg::r8, Reg::r1);
            },
            [&](std::uint32_t) { return "it " + where + movs; });
        check(
            [&](Emitter& emit) {
                emit.if_then_twice(cond);
                emit.move(Reg::r8, Reg::r1);
                emit.move(Reg::r8, Reg::r1);
            },
            [&](std::uint32_t) { return "itt " + where + movs + movs; });
        check(
            [&](Emitter& emit) {
                emit.branch_back(cond, 0);
                emit.branch(cond, 0);
            },
            [&](std::uint32_t) { return "b" + where + ".n .\nb" + where + ".w .-2"; });
        check(
            [&](Emitter& emit) {
                emit.branch_later(cond, 7);
                EXPECT_EQ(emit.resolve(0, 20, 0), 7u);
            },
            [&](std::uint32_t) { return "b" + where + ".w .+20"; });
    }
    // To places further on, as far as a near branch reaches, and further.
    for (Cond const cond : {Cond::Ls, Cond::Always}) {
        std::uint32_t const most = cond == Cond::Always ? 2050 : 258;
        for (std::uint32_t const distance : {2u, 100u, most, most + 2}) {
            std::string const repeat = "\n.rept " + std::to_string(distance / 2 - 1);
            std::string const branch = cond == Cond::Always ? "b.n .+" : "bls.n .+";
            check(
                [&](Emitter& emit) {
                    emit.branch_ahead(cond, true);
                    while (emit.size() < distance) {
                        emit.halfword(0xbf00);
                    }
                    emit.land(0, cond, true);
                    EXPECT_EQ(emit.missed(), distance > most);
                    if (distance > most) {
                        emit.set_halfword(0, 0xbf00);
                    }
                },
                [&](std::uint32_t) {
                    return (distance > most ? "nop.n" : branch + std::to_string(distance)) +
                           repeat + "\nnop.n\n.endr";
                });
        }
    }
    // To places that the code need not have reached, far ones too.
    for (std::uint32_t const far : {4u, 254u, 4000u, 0x10000u, 0xffffeu}) {
        std::string const distance = std::to_string(far);
        check([&](Emitter& emit) { emit.branch(Cond::Ne, far); }, "", "bne.w .+" + distance);
        check([&](Emitter& emit) { emit.branch(Cond::Always, far * 8); }, "",
              "b.w .+" + std::to_string(far * 8));
        check([&](Emitter& emit) { emit.call(far * 8); }, "", "bl .+" + std::to_string(far * 8));
    }
    check(
        [](Emitter& emit) {
            emit.halfword(0xbf00);
            emit.branch_back(Cond::Always, 0);
            emit.call_later(9);
            EXPECT_EQ(emit.resolve(4, 0, 0x100), 9u);
        },
        [](std::uint32_t) { return "nop.n\nb.n .-2\nbl .+252"; });
}

}  // namespace
}  // namespace mbpf::test
