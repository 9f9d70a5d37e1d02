# SPDX-License-Identifier: MIT
"""Plots as SVG text: lines over a scale, and horizontal bars. Colours are names (COLOURS), which
follow the reader's light or dark setting; each series has a shape or a dash of its own besides, so
that a plot reads without colour. A plot is drawn for a width in pixels, since text must not shrink:
a page shows one for desktops, one for phones."""

import dataclasses
import html
import math

# Light, dark. After Okabe and Ito, who chose them for readers with and without colour vision.
COLOURS = {
    "native": ("#444444", "#c8c8c8"),
    "interpreter": ("#0060a8", "#5cb2f5"),
    "jit": ("#c44a00", "#ff8a45"),
    "fc": ("#00805c", "#2fc79a"),
    "rbpf": ("#a8558a", "#e39bc9"),
    "ubpf": ("#a87400", "#e6b13c"),
    "ubpf-jit": ("#6a4fb5", "#b49cf2"),
    "wasm3": ("#2d8fb8", "#7fd0ee"),
    "wamr": ("#7a7a00", "#cfcf4d"),
    "wasm2c": ("#8a3b12", "#e09a72"),
    "other": ("#7f7f7f", "#9a9a9a"),
}
MARKERS = ("circle", "square", "diamond", "triangle")
TEXT, SMALL = 13, 11.5
WIDE, NARROW = 760, 350
CHARACTER = 0.56  # Of the height of text: its width, on average.


def style() -> str:
    def rules(at: int) -> str:
        return "".join(f".c-{name}{{--c:{shades[at]}}}" for name, shades in COLOURS.items())

    return ("<style>svg.plot{font:%spx system-ui,sans-serif;--ink:#1b1b1b;--soft:#5e5e5e;"
            "--grid:#dcdcdc;--paper:#fff}%s"
            "@media(prefers-color-scheme:dark){svg.plot{--ink:#e8e8e8;--soft:#a8a8a8;"
            "--grid:#3a3a3a;--paper:#17191c}%s}"
            "@media print{svg.plot{--ink:#000;--soft:#333;--grid:#ccc;--paper:#fff}%s}"
            ".plot text{fill:var(--ink)}.plot .soft{fill:var(--soft);font-size:%spx}"
            ".plot .grid{stroke:var(--grid)}.plot .axis{stroke:var(--soft)}"
            ".plot .line{fill:none;stroke:var(--c);stroke-width:2}"
            ".plot .dash{stroke-dasharray:5 4;stroke-width:1.6}"
            ".plot .dot{fill:var(--c);stroke:var(--c);stroke-width:1.5}"
            ".plot .hollow{fill:var(--paper)}.plot .bar{fill:var(--c)}"
            ".plot .pale{fill-opacity:.45}</style>" % (TEXT, rules(0), rules(1), rules(0), SMALL))


@dataclasses.dataclass
class Series:
    name: str
    colour: str
    values: list  # Lines: (x, y); bars: a number or None for each group.
    dashed: bool = False  # What others have published, rather than what was measured by our method.


def text_width(text: str, size: float = TEXT) -> float:
    return len(text) * size * CHARACTER


def number(value: float) -> str:
    """Short, for an axis: 250, 2,560, 15k, 2M."""
    for limit, step, unit in ((1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if value >= limit:
            return f"{value / step:g}{unit}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


class Scale:
    """From values to pixels."""

    def __init__(self, low: float, high: float, start: float, end: float, is_log: bool):
        self.is_log, self.start, self.end = is_log, start, end
        if is_log:
            self.low, self.high = math.log10(low), math.log10(high)
        else:
            self.low, self.high = low, high
        if self.high == self.low:
            self.high += 1

    def __call__(self, value: float) -> float:
        at = math.log10(value) if self.is_log else value
        return self.start + (at - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, count: int) -> list[float]:
        if self.is_log:
            return self.log_ticks(count)
        step = 10 ** math.floor(math.log10((self.high - self.low) / count))
        step *= next((factor for factor in (1, 2, 5, 10)
                      if (self.high - self.low) / (step * factor) <= count), 10)
        first = math.ceil(self.low / step)
        return [k * step for k in range(first, int(self.high / step + 1e-9) + 1)]

    def log_ticks(self, count: int) -> list[float]:
        decades = range(math.floor(self.low), math.ceil(self.high) + 1)
        for steps in ((1, 2, 5), (1, 3), (1,)):
            found = [10.0 ** decade * step for decade in decades for step in steps]
            found = [value for value in found
                     if self.low - 1e-9 <= math.log10(value) <= self.high + 1e-9]
            if len(found) <= count:
                return found
        return found[::2]


def element(name: str, content: str = "", **attributes) -> str:
    words = "".join(f' {key.rstrip("_").replace("_", "-")}="{value:.1f}"' if
                    isinstance(value, float) else f' {key.rstrip("_").replace("_", "-")}="{value}"'
                    for key, value in attributes.items())
    return f"<{name}{words}>{content}</{name}>" if content else f"<{name}{words}/>"


def text(x: float, y: float, words: str, anchor: str = "start", class_: str = "", **more) -> str:
    if words.startswith("**"):
        words, more = words.strip("*"), {**more, "font_weight": "bold"}
    return element("text", html.escape(words), x=float(x), y=float(y), text_anchor=anchor,
                   **({"class_": class_} if class_ else {}), **more)


def marker(shape: str, x: float, y: float, class_: str) -> str:
    if shape == "circle":
        return element("circle", cx=float(x), cy=float(y), r=3.5, class_=class_)
    if shape == "square":
        return element("rect", x=x - 3.2, y=y - 3.2, width=6.4, height=6.4, class_=class_)
    points = {"diamond": [(0, -4.6), (4.6, 0), (0, 4.6), (-4.6, 0)],
              "triangle": [(0, -4.4), (4.4, 3.6), (-4.4, 3.6)]}[shape]
    return element("polygon", points=" ".join(f"{x + a:.1f},{y + b:.1f}" for a, b in points),
                   class_=class_)


def dot(item: Series, index: int, x: float, y: float) -> str:
    hollow = " hollow" if item.dashed else ""
    return marker(MARKERS[index % len(MARKERS)], x, y, f"dot{hollow} c-{item.colour}")


def legend(series: list[Series], width: float, top: float, as_lines: bool) -> tuple[str, float]:
    """Lines of it, as many as fit in the width; and where it ends."""
    parts, x, y = [], 6.0, top + TEXT
    for index, item in enumerate(series):
        needed = 34 + text_width(item.name)
        if x + needed > width and x > 6:
            x, y = 6.0, y + 20
        middle = y - 4.5
        if as_lines:
            dash = " dash" if item.dashed else ""
            parts += [element("path", d=f"M{x:.1f} {middle}h22",
                              class_=f"line{dash} c-{item.colour}"),
                      dot(item, index, x + 11, middle)]
        else:
            pale = " pale" if item.dashed else ""
            parts.append(element("rect", x=x, y=middle - 6, width=18, height=11,
                                 class_=f"bar{pale} c-{item.colour}"))
        parts.append(text(x + 27, y, item.name))
        x += needed + 12
    return "".join(parts), y + 8


def plot(width: int, height: float, title: str, content: str) -> str:
    return ('<svg xmlns="http://www.w3.org/2000/svg" class="plot" '
            f'viewBox="0 0 {width} {height:.0f}" width="{width}" height="{height:.0f}" '
            f'role="img" aria-label="{html.escape(title)}">'
            f"<title>{html.escape(title)}</title>{style()}{content}</svg>")


def span_of(values: list[float], is_log: bool, from_zero: bool) -> tuple[float, float]:
    low, high = min(values), max(values)
    if is_log:
        return low / 1.15, high * 1.15
    return (0 if from_zero else low), high * 1.05


@dataclasses.dataclass
class Lines:
    """Series of points over two scales."""
    title: str
    x_label: str
    y_label: str
    series: list[Series]
    log_x: bool = False
    log_y: bool = False
    x_ticks: list[float] = dataclasses.field(default_factory=list)
    height: int = 360

    def draw(self, width: int = WIDE) -> str:
        parts, top = legend(self.series, width, 4, True)
        body = [parts, text(6, top + 14, self.y_label, class_="soft")]
        points = [point for item in self.series for point in item.values]
        left, right, upper = 52, width - 16, top + 26
        lower = upper + self.height - (60 if width < WIDE else 0)
        x_low, x_high = span_of([x for x, _ in points], self.log_x, False)
        if not self.log_x:
            x_low, x_high = min(x for x, _ in points), max(x for x, _ in points)
        x = Scale(x_low, x_high, left, right, self.log_x)
        y = Scale(*span_of([y for _, y in points], self.log_y, True), lower, upper, self.log_y)
        for tick in y.ticks(9):
            body += [element("path", d=f"M{left} {y(tick):.1f}H{right}", class_="grid"),
                     text(left - 7, y(tick) + 4, number(tick), "end", "soft")]
        room = 46
        last = -room
        for tick in self.x_ticks or x.ticks(8):
            if x(tick) - last < room - (10 if width < WIDE else 0):
                continue
            last = x(tick)
            body += [element("path", d=f"M{x(tick):.1f} {upper:.1f}V{lower:.1f}", class_="grid"),
                     text(x(tick), lower + 18, number(tick), "middle", "soft")]
        body.append(element("path", d=f"M{left} {upper:.1f}V{lower:.1f}H{right}", class_="axis",
                            fill="none"))
        body.append(text((left + right) / 2, lower + 38, self.x_label, "middle", "soft"))
        for index, item in enumerate(self.series):
            path = "M" + "L".join(f"{x(a):.1f} {y(b):.1f}" for a, b in item.values)
            dash = " dash" if item.dashed else ""
            body.append(element("path", d=path, class_=f"line{dash} c-{item.colour}"))
            if len(item.values) <= 16:
                body += [dot(item, index, x(a), y(b)) for a, b in item.values]
        return plot(width, lower + 48, self.title, "".join(body))


@dataclasses.dataclass
class Bars:
    """Horizontal bars: groups from top to bottom, in each a bar of every series, or one bar that
    puts them behind each other (is_stacked)."""
    title: str
    x_label: str
    groups: list[str]
    series: list[Series]
    is_log: bool = False
    is_stacked: bool = False
    start: float = 0  # Of a logarithmic scale.

    def draw(self, width: int = WIDE) -> str:
        parts, top = legend(self.series, width, 4, False)
        if len(self.series) == 1:
            parts, top = "", 0
        body = [parts]
        above = width < WIDE and max(text_width(name) for name in self.groups) > width * 0.3
        left = 10 if above else 12 + max(text_width(name) for name in self.groups)
        right = width - 58
        size = 15 if self.is_stacked or len(self.series) < 3 else 12
        rows = 1 if self.is_stacked else len(self.series)
        pitch = rows * (size + 1) + (12 if not above else 30)
        totals = [sum(item.values[i] or 0 for item in self.series) for i in range(len(self.groups))]
        single = [value for item in self.series for value in item.values if value and value > 0]
        values = totals if self.is_stacked else single
        low = (self.start or min(single) / 2) if self.is_log else 0
        x = Scale(low, max(values) * 1.02, left, right, self.is_log)
        upper, lower = top + 8, top + 8 + pitch * len(self.groups)
        last = -100.0
        for tick in x.ticks(7 if width == WIDE else 4):
            if x(tick) - last < 34:
                continue
            last = x(tick)
            body += [element("path", d=f"M{x(tick):.1f} {upper:.1f}V{lower:.1f}", class_="grid"),
                     text(x(tick), lower + 16, number(tick), "middle", "soft")]
        for i, name in enumerate(self.groups):
            at = upper + i * pitch + (24 if above else 6)
            body.append(text(left, at - 6, name) if above else
                        text(left - 8, at + rows * (size + 1) / 2 + 4, name, "end"))
            body += self.bars_of(i, at, size, x)
        body.append(text((left + right) / 2, lower + 36, self.x_label, "middle", "soft"))
        return plot(width, lower + 46, self.title, "".join(body))

    def bars_of(self, i: int, at: float, size: float, x: Scale) -> list[str]:
        body, end = [], x.start
        for row, item in enumerate(self.series):
            value = item.values[i]
            if value is None or (value <= 0 and (self.is_log or self.is_stacked)):
                if not self.is_stacked:
                    body.append(text(x.start + 4, at + row * (size + 1) + size - 2, "–", "start",
                                     "soft"))
                continue
            start = end if self.is_stacked else x.start
            reach = x(value) if not self.is_stacked else start + x(value) - x.start
            y = at if self.is_stacked else at + row * (size + 1)
            pale = " pale" if item.dashed else ""
            body.append(element("rect", x=start, y=float(y), width=max(1.0, reach - start),
                                height=float(size), class_=f"bar{pale} c-{item.colour}"))
            end = reach
            if not self.is_stacked:
                body.append(text(reach + 5, y + size - 2, self.label(value), "start", "soft"))
        if self.is_stacked:
            total = sum(item.values[i] or 0 for item in self.series)
            body.append(text(end + 5, at + size - 3, self.label(total), "start", "soft"))
        return body

    def label(self, value: float) -> str:
        is_whole = all(one is None or one == int(one)
                       for item in self.series for one in item.values)
        return f"{value:,.0f}" if value >= 100 or is_whole else f"{value:.1f}"
