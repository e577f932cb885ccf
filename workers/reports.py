"""What the reports in HTML share: the page, its style, tables and figures."""

from __future__ import annotations

import html
from collections.abc import Sequence


def document(title: str, body: str) -> str:
    """A whole page around `body`, which is HTML already."""
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{safe(title)}</title>\n'
        f"<style>{_STYLE}</style>\n<main>{body}</main></html>\n"
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]], raw: bool = False) -> str:
    """A table; the cells of its rows are HTML already where `raw` is set."""
    titles = "".join(f"<th>{safe(name)}</th>" for name in head)
    lines = "".join(
        "<tr>" + "".join(f"<td>{cell if raw else safe(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<div class=wide><table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table></div>"


def figure(caption: str, svg: str) -> str:
    """A drawing and what it shows."""
    return f"<figure><figcaption>{safe(caption)}</figcaption>{svg}</figure>"


def percent(share: float | None, digits: int = 1) -> str:
    """A share as a percentage; nothing for None."""
    return "" if share is None else f"{100 * share:.{digits}f} %"


def safe(text: str) -> str:
    """`text` as HTML."""
    return html.escape(text, quote=True)


_STYLE = """
:root{color-scheme:light dark;--ink:#1c1f23;--soft:#667;--paper:#fff;--track:#edf0f3;--bar:#2f6fb2;--line:#d8dde3;--bad:#b3261e;--mark:#ffe08a}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#9aa3ad;--paper:#15181b;--track:#262b30;--bar:#6aa5e0;--line:#343a41;--bad:#ff8a80;--mark:#7a5c00}}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,"Noto Sans Thai","Sarabun",sans-serif}
main{max-width:1100px;margin:0 auto;padding:24px 16px 80px}h1{font-size:24px}h2{font-size:18px;margin-top:36px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px}.tiles div{border:1px solid var(--line);border-radius:6px;padding:10px 14px}
.tiles b{display:block;font-size:22px}.tiles span,figcaption{color:var(--soft);font-size:13px}
.plots{display:flex;flex-wrap:wrap;gap:28px;margin-top:20px}figure{margin:0}figcaption{margin-bottom:6px}svg{max-width:100%;height:auto;overflow:visible}
svg text{fill:var(--ink);font-size:12px}.track{fill:var(--track)}.bar,.dot{fill:var(--bar)}.dot{opacity:.75}.ideal{stroke:var(--soft);stroke-dasharray:4 4}
.span{stroke:var(--bar);stroke-width:1.5}.curve{fill:none;stroke:var(--bar);stroke-width:2}.dashed{stroke-dasharray:5 4}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:13px;width:100%}th,td{text-align:left;padding:5px 9px;border-bottom:1px solid var(--line);vertical-align:top}
th{white-space:nowrap}mark{background:var(--mark);color:inherit}.accepted{color:var(--bad);font-weight:600}code{font-size:12px}td img{max-width:260px;max-height:90px;background:#fff}
"""
