# SPDX-License-Identifier: MIT
"""All sections as one page of HTML that needs nothing else: no network, no script."""

import html
import re

from section import Figure, Section, Table, Text
from svg import NARROW, WIDE

CSS = """
:root{--ink:#1b1b1b;--soft:#5e5e5e;--paper:#fff;--panel:#f5f6f7;--edge:#d9dbde;--link:#0060a8;
--good:#00805c;--bad:#b04000}
@media(prefers-color-scheme:dark){:root{--ink:#e8e8e8;--soft:#a8a8a8;--paper:#17191c;
--panel:#212429;--edge:#3b3f45;--link:#5cb2f5;--good:#2fc79a;--bad:#ff8a45}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:800px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:1.9rem;line-height:1.2;margin:.3em 0}
h2{font-size:1.35rem;line-height:1.3;margin:2.4em 0 .4em;padding-top:.6em;
border-top:1px solid var(--edge)}
a{color:var(--link)}
code{font-size:.92em;white-space:nowrap;background:var(--panel);padding:.05em .3em;
border-radius:3px}
nav{columns:2;column-gap:28px;font-size:.95rem;background:var(--panel);padding:14px 18px;
border-radius:8px}nav a{display:block;padding:2px 0;text-decoration:none;break-inside:avoid}
.lead{color:var(--soft);margin-top:0}
.cards{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin:22px 0}
.card{background:var(--panel);border-radius:8px;padding:12px 14px}
.card b{display:block;font-size:1.45rem;line-height:1.3;white-space:nowrap}
.card span{color:var(--soft);font-size:.86rem;line-height:1.35;display:block}
figure{margin:26px 0 20px}figure svg{display:block;max-width:100%;height:auto}
figcaption,caption{color:var(--soft);font-size:.9rem;text-align:left;line-height:1.45}
figcaption{margin-top:8px}caption{padding-bottom:6px}.narrow{display:none}
.scroll{overflow-x:auto;margin:10px 0 16px}
table{border-collapse:collapse;font-size:.88rem;line-height:1.35;
font-variant-numeric:tabular-nums}
th,td{padding:5px 10px;border-bottom:1px solid var(--edge);text-align:right;
vertical-align:top}
th:first-child,td:first-child{text-align:left;padding-left:0}
th{color:var(--soft);font-weight:600;vertical-align:bottom}
td:first-child,th:first-child{min-width:96px}
td.words,th.words{text-align:left;min-width:210px}
details{margin:8px 0}summary{cursor:pointer;color:var(--link);font-size:.92rem}
.verdicts{margin:20px 0;padding:0;list-style:none}
.verdicts li{border-left:4px solid var(--edge);padding:2px 0 2px 14px;margin:14px 0}
.verdicts .holds{border-color:var(--good)}.verdicts .not{border-color:var(--bad)}
.verdicts b{color:var(--good)}.verdicts .not b{color:var(--bad)}
.verdicts i{color:var(--soft)}
@media(max-width:700px){main{padding:14px 14px 48px}nav{columns:1}h1{font-size:1.55rem}
.cards{grid-template-columns:1fr 1fr}.wide{display:none}.narrow{display:block}
.card b{font-size:1.25rem}
.prose thead{display:none}.prose tr{display:block;border-bottom:1px solid var(--edge);
padding:8px 0}.prose td{display:block;border:0;text-align:left;padding:2px 0}
.prose td::before{content:attr(data-head) ": ";color:var(--soft)}
.prose td:first-child{font-weight:600}.prose td:first-child::before{content:none}}
@media print{:root{--ink:#000;--soft:#333;--paper:#fff;--panel:#f2f2f2;--edge:#bbb;--link:#000}
body{font-size:10.5pt}main{max-width:none;padding:0}nav,summary{display:none}
.wide{display:block}.narrow{display:none}figure svg{max-height:21cm}
figure,li,tr{break-inside:avoid}h2{break-after:avoid}
details::details-content{content-visibility:visible;height:auto}
.scroll{overflow:visible}table{font-size:8pt}td.words,th.words{min-width:0}th,td{padding:3px 6px}}
"""


def inline(words: str) -> str:
    """Text with `code` and **bold**."""
    escaped = html.escape(words, quote=False)
    escaped = re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", escaped)


def figure_of(block: Figure) -> str:
    return (f'<figure id="{block.name}"><div class="wide">{block.plot.draw(WIDE)}</div>'
            f'<div class="narrow">{block.plot.draw(NARROW)}</div>'
            f"<figcaption>{inline(block.caption)}</figcaption></figure>")


def table_of(block: Table) -> str:
    if not block.rows:
        return "<p>None.</p>"
    kinds = [' class="words"' if block.has_words(column) else ""
             for column in range(len(block.head))]
    head = "".join(f"<th{kind}>{inline(cell)}</th>" for kind, cell in zip(kinds, block.head))
    rows = "".join(f"<tr>{cells}</tr>" for cells in (
        "".join(f'<td{kind} data-head="{html.escape(name)}">{inline(cell)}</td>'
                for kind, name, cell in zip(kinds, block.head, row))
        for row in block.rows))
    caption = f"<caption>{inline(block.caption)}</caption>" if block.caption else ""
    prose = ' class="prose"' if any(kinds) else ""
    table = (f'<div class="scroll"><table{prose}>{caption}<thead><tr>{head}</tr></thead>'
             f"<tbody>{rows}</tbody></table></div>")
    if block.is_open:
        return table
    about = f"All numbers, by {block.head[0]} ({len(block.rows)} rows)"
    return f"<details><summary>{html.escape(about)}</summary>{table}</details>"


def verdicts_of(section: Section) -> str:
    if not section.verdicts:
        return ""
    items = "".join(
        f'<li class="{"holds" if item.holds else "not"}"><i>{inline(item.claim)}</i><br>'
        f"<b>{'Holds' if item.holds else 'Does not hold'} here.</b> {inline(item.why)}</li>"
        for item in section.verdicts)
    return f'<ul class="verdicts">{items}</ul>'


def section_of(section: Section) -> str:
    makers = {Figure: figure_of, Table: table_of, Text: lambda text: f"<p>{inline(text.words)}</p>"}
    body = "".join(makers[type(block)](block) for block in section.blocks
                   if not isinstance(block, Table) or block.is_open)
    closed = "".join(table_of(block) for block in section.blocks
                     if isinstance(block, Table) and not block.is_open)
    return (f'<section><h2 id="s-{section.name}">{inline(section.title)}</h2>'
            f"<p>{inline(section.meaning)}</p>{body}{verdicts_of(section)}{closed}</section>")


def page(title: str, lead: str, cards: list[tuple[str, str]], sections: list[Section],
         versions: dict[str, str]) -> str:
    links = "".join(f'<a href="#s-{section.name}">{inline(section.title)}</a>'
                    for section in sections)
    figures = "".join(f'<div class="card"><b>{html.escape(value)}</b>'
                      f"<span>{inline(what)}</span></div>"
                      for value, what in cards)
    built = "; ".join(f"{html.escape(name)} {html.escape(value)}"
                      for name, value in versions.items())
    return ('<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f'<title>{html.escape(title)}</title>'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f'<meta name="color-scheme" content="light dark"><style>{CSS}</style></head><body>'
            f'<main><h1>{html.escape(title)}</h1><p class="lead">{inline(lead)}</p>'
            f'<div class="cards">{figures}</div><nav>{links}</nav>'
            f"{''.join(map(section_of, sections))}<h2>Made with</h2><p>{built}.</p>"
            "<p>All figures are in <code>data.csv</code> and <code>data.json</code> beside this "
            "page."
            "</p></main></body></html>\n")
