# SPDX-License-Identifier: MIT
"""One file per experiment: report(data) makes a section of figures, measure_rows(kit) measures
those that programs.py, which most experiments draw on, has not measured."""
