#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The guard of the benchmarks notices what it is for, on figures made up here; and the documents'
check notices a document that somebody has edited."""

import dataclasses
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "evaluation"))
import data  # noqa: E402
import documents  # noqa: E402
import evaluate  # noqa: E402
import guard  # noqa: E402
import svg  # noqa: E402

RUN = data.Row("programs", "jit", "run", "sum", 10_000, 11_000, 12_000, 13_000, (7, 0, 152, 900))
COMPILE = data.Row("programs", "jit", "compile", "sum", 50_000, 1, 2, 3, (40, 400, 0))


class Guard(unittest.TestCase):
    def compare(self, now: data.Row, then: data.Row):
        return guard.compare([now], [then])

    def test_the_same_is_fine(self):
        self.assertEqual(self.compare(RUN, RUN), ([], []))

    def test_within_the_margin_is_fine(self):
        now = dataclasses.replace(RUN, insns=10_100)
        self.assertEqual(self.compare(now, RUN), ([], []))

    def test_more_instructions_are_worse(self):
        worse, better = self.compare(dataclasses.replace(RUN, insns=10_200), RUN)
        self.assertIn("jit, sum, run, instructions: 10,200, recorded 10,000 (+2.0 %)", worse[0])
        self.assertEqual(better, [])

    def test_far_fewer_instructions_are_better(self):
        worse, better = self.compare(dataclasses.replace(RUN, insns=9_000), RUN)
        self.assertEqual(worse, [])
        self.assertEqual(len(better), 1)

    def test_larger_code_is_worse(self):
        worse, _ = self.compare(dataclasses.replace(COMPILE, values=(40, 440, 0)), COMPILE)
        self.assertIn("bytes of code: 440", worse[0])

    def test_deeper_stack_is_worse(self):
        worse, _ = self.compare(dataclasses.replace(RUN, values=(7, 0, 200, 900)), RUN)
        self.assertIn("bytes of C stack: 200", worse[0])

    def test_another_result_is_wrong_with_any_compiler(self):
        now = dataclasses.replace(RUN, values=(8, 0, 152, 900))
        self.assertIn("sum gives 0x8, recorded is 0x7", self.compare(now, RUN)[0][0])
        self.assertEqual(len(guard.results_only([now], [RUN])), 1)
        self.assertEqual(guard.results_only([RUN], [RUN]), [])

    def test_what_is_not_recorded_is_an_error(self):
        worse, _ = guard.compare([RUN], [])
        self.assertIn("is not recorded", worse[0])


class Record(unittest.TestCase):
    def test_it_is_read_as_it_was_written(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "record.tsv"
            data.write_record([RUN, COMPILE], {"GCC": "12"}, path)
            self.assertEqual(data.read_record(path), [RUN, COMPILE])
            self.assertEqual(data.read_versions(path), {"GCC": "12"})


class Documents(unittest.TestCase):
    def test_an_edited_document_is_stale(self):
        recorded = data.Data(data.read_record(), data.read_versions())
        sections = evaluate.reports(recorded)
        self.assertEqual(documents.stale(recorded, sections), [])
        sections[0][0].meaning += " And more."
        self.assertEqual(documents.stale(recorded, sections),
                         ["docs/evaluation.md is not what evaluation/record.tsv makes"])

    def test_plots_escape_what_is_no_text(self):
        drawn = svg.Bars("a < b", "x & y", ["<g>"], [svg.Series("s", "jit", [1])]).draw()
        self.assertIn("a &lt; b", drawn)
        self.assertNotIn("<g>", drawn)


if __name__ == "__main__":
    unittest.main()
