// SPDX-License-Identifier: MIT
// Reports: every fault and trap has its sentence, tables align, files are written whole.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/assembler.hpp"
#include "toolkit/explain/describe.hpp"
#include "toolkit/explain/sentences.hpp"
#include "toolkit/report/problem_report.hpp"
#include "toolkit/report/table.hpp"
#include "toolkit/system/file.hpp"
#include "toolkit/system/temporary_folder.hpp"

namespace mbpf::test {
namespace {

namespace explain = toolkit::explain;
namespace report = toolkit::report;
namespace system = toolkit::system;
using toolkit::Problem;

constexpr unsigned first_instruction_fault = unsigned(Fault::OpcodeUnknown);

TEST(Sentences, NameEveryFaultOnce) {
    std::vector<std::string_view> names;
    for (unsigned number = 1; number < 256; ++number) {
        explain::Sentence const sentence = explain::sentence_of(Fault(number));
        if (sentence.name.empty()) {
            continue;
        }
        EXPECT_FALSE(sentence.reason.empty()) << sentence.name;
        EXPECT_EQ(std::find(names.begin(), names.end(), sentence.name), names.end());
        names.push_back(sentence.name);
    }
    EXPECT_GE(names.size(), 50u) << "most of the table is gone";
}

TEST(Sentences, FillInWhatTheyPromise) {
    std::vector<std::byte> const bytes = bytes_of(leave());
    program::Program program;
    program.text = isa::Text{bytes};
    for (unsigned number = 1; number < 256; ++number) {
        Problem const problem = explain::describe({Fault(number), 0, 7, 9}, {"p.mbpf", &program});
        for (std::string const& text : {problem.reason, problem.found, problem.allowed}) {
            EXPECT_EQ(text.find_first_of("{}"), std::string::npos) << problem.name;
        }
        bool const is_named = !problem.name.empty();
        EXPECT_TRUE(!is_named || number >= first_instruction_fault || !problem.slot)
            << problem.name << " is about a file, not an instruction";
    }
}

TEST(Sentences, KnowTheLastSequenceNumber) {
    auto const allowed = [](std::uint32_t lowest) {
        return explain::describe({Fault::SequenceNotNewer, 0, 7, lowest}, {}).allowed;
    };
    EXPECT_EQ(allowed(8), "8 or higher");
    EXPECT_EQ(allowed(0), "no more: 4294967295 was the last");
}

TEST(ProblemReport, TellsWhatIsKnownAndNothingElse) {
    Problem problem{.kind = toolkit::ProblemKind::Fault,
                    .name = "JumpOutOfRange",
                    .code = 49,
                    .program = "a.c",
                    .slot = 3,
                    .line = toolkit::source::Line{"a.c", 12, "goto far;", "jump"},
                    .instruction = "goto +9",
                    .reason = "the jump leaves the program",
                    .found = "slot 13"};
    std::string const text =
        report::problem_text(problem, toolkit::ExitCode::Rejected, report::Palette::plain());
    EXPECT_EQ(text,
              "rejected: a.c: the jump leaves the program\n"
              "   --> a.c:12, in jump\n"
              "    |  goto far;\n"
              "    slot 3  goto +9\n"
              "    found   slot 13\n");
    nlohmann::ordered_json const json = report::problem_json(problem);
    EXPECT_EQ(json["line"], 12);
    EXPECT_EQ(json["function"], "jump");
    EXPECT_FALSE(json.contains("allowed"));
    EXPECT_FALSE(json.contains("byte"));
}

TEST(Table, AlignsColumnsAndEndsLinesWithoutBlanks) {
    report::Table table{{report::Align::Left, report::Align::Right, report::Align::Left}};
    table.add({{"a"}, {"1"}, {"x"}});
    table.add({{"µµµ"}, {"100"}});
    table.add({{"bb"}});
    EXPECT_EQ(table.text(report::Palette::plain(), "> "),
              "> a      1  x\n"
              "> µµµ  100\n"
              "> bb\n");
}

TEST(ReplaceFile, WritesAllOrNothing) {
    system::TemporaryFolder const folder;
    std::filesystem::path const path = folder.path() / "file";
    system::replace_file(path, as_bytes("first"));
    system::replace_file(path, as_bytes("second"));
    EXPECT_EQ(as_text(system::read_file(path)), "second");
    std::filesystem::create_directory(folder.path() / "directory");
    EXPECT_THROW(system::replace_file(folder.path() / "directory", as_bytes("x")),
                 toolkit::Failure);
    EXPECT_THROW(system::replace_file(folder.path() / "no" / "file", as_bytes("x")),
                 toolkit::Failure);
    std::filesystem::directory_iterator const files{folder.path()};
    EXPECT_EQ(std::distance(begin(files), end(files)), 2) << "nothing else stays behind";
}

TEST(ReplaceFile, KeepsALink) {
    system::TemporaryFolder const folder;
    std::filesystem::path const target = folder.path() / "target";
    system::write_file(target, as_bytes("old"));
    std::filesystem::create_symlink(target, folder.path() / "link");
    system::replace_file(folder.path() / "link", as_bytes("new"));
    EXPECT_TRUE(std::filesystem::is_symlink(folder.path() / "link"));
    EXPECT_EQ(as_text(system::read_file(target)), "new");
}

}  // namespace
}  // namespace mbpf::test
