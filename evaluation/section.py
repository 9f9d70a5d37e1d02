# SPDX-License-Identifier: MIT
"""What an experiment has to say, without how it looks: a page (page.py) and documents
(documents.py) are made of it. Text may hold `code` and **bold**."""

import dataclasses


@dataclasses.dataclass
class Text:
    words: str


@dataclasses.dataclass
class Figure:
    name: str      # Of the file.
    plot: object   # Something with draw(width).
    caption: str


@dataclasses.dataclass
class Table:
    head: list[str]
    rows: list[list[str]]
    caption: str = ""
    is_open: bool = False  # Otherwise a reader of the page opens it.

    def has_words(self, column: int) -> bool:
        """Whether it is read rather than compared."""
        return any(len(row[column]) > 40 for row in self.rows)


@dataclasses.dataclass
class Verdict:
    """A result of the prototype's authors, and whether it holds here."""
    claim: str
    holds: bool
    why: str


@dataclasses.dataclass
class Section:
    name: str
    title: str
    meaning: str
    blocks: list = dataclasses.field(default_factory=list)
    verdicts: list[Verdict] = dataclasses.field(default_factory=list)


def times(value: float) -> str:
    """A ratio: 1.53 x, 15.2 x, 123 x."""
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f}\u00a0×"


def share(value: float) -> str:
    return f"{100 * value:.0f}\u00a0%"


def listed(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
