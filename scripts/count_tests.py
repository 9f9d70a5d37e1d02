#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the tests in a JUnit report of ctest: prints "passed failed skipped" to standard output,
and what the failed ones printed to standard error."""

import sys
import xml.etree.ElementTree as xml

SHOWN_LINES = 60


def outcome(case: xml.Element) -> str:
    if case.find("failure") is not None or case.get("status") == "fail":
        return "failed"
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        return "skipped"
    return "passed"


def main() -> int:
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for case in xml.parse(sys.argv[1]).getroot().iter("testcase"):
        result = outcome(case)
        counts[result] += 1
        if result == "passed":
            continue
        print(f"{result}: {case.get('name')}", file=sys.stderr)
        if result == "failed":
            lines = (case.findtext("system-out") or "").splitlines()
            for line in lines[-SHOWN_LINES:]:
                print(f"    {line}", file=sys.stderr)
    print(counts["passed"], counts["failed"], counts["skipped"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
