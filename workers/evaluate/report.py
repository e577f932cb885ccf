"""The evaluation as a table on the terminal and as one HTML page that needs nothing beside itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rich.table import Table

from workers.evaluate.compare import Comparison, Counts, Leaf
from workers.reports import document, figure, percent, safe, table

WORST = 300
"""How many wrong fields the HTML report lists."""


def tables(comparison: Comparison) -> tuple[Table, Table]:
    """Two tables: by scan kind, and by kind of field."""
    kinds = (
        {**comparison.by_kind, "all": comparison.total()}
        if len(comparison.by_kind) > 1
        else comparison.by_kind
    )
    scans = Table(box=None, pad_edge=False, header_style="bold")
    names = (
        "scans",
        "records",
        "missed",
        "invented",
        "short exact",
        "prose exact",
        "CER",
        "prose CER",
        "accepted",
        "wrong of them",
    )
    scans.add_column("scan kind")
    for name in names:
        scans.add_column(name, justify="right")
    for name, counts in kinds.items():
        scans.add_row(name, *scan_row(counts), style="bold" if name == "all" else None)
    fields = Table(box=None, pad_edge=False, header_style="bold")
    fields.add_column("field kind")
    for name in kinds:
        fields.add_column(name, justify="right")
    for kind in sorted(comparison.total().leaves):
        cells = [
            f"{percent(c.share([kind]))} of {c.leaves[kind]}" if kind in c.leaves else ""
            for c in kinds.values()
        ]
        fields.add_row(kind, *cells)
    return scans, fields


def scan_row(counts: Counts) -> tuple[str, ...]:
    """The cells of one scan kind."""
    return (
        str(len(counts.scans)),
        f"{counts.expected - counts.missed} of {counts.expected}",
        str(counts.missed),
        str(counts.invented),
        percent(counts.share(counts.short_kinds)),
        percent(counts.share(["prose"])),
        percent(counts.cer, 2) if counts.characters else "",
        percent(counts.prose_cer, 2) if counts.prose_characters else "",
        percent(counts.accepted / counts.fields) if counts.fields else "",
        f"{counts.wrong_accepted} ({percent(counts.wrong_accepted / counts.accepted, 2)})"
        if counts.accepted
        else "",
    )


def worst(comparison: Comparison) -> list[Leaf]:
    """The wrong fields, those first that were accepted, the surer the earlier; at most `WORST`."""
    return sorted((leaf for leaf in comparison.leaves if not leaf.right), key=_gravity)[:WORST]


def page(comparison: Comparison, title: str, crops: Mapping[Leaf, str] = MappingProxyType({})) -> str:
    """The HTML report; `crops` are pictures of fields on their scans, as data URLs."""
    total = comparison.total()
    kinds = comparison.by_kind
    wrong = sum(not leaf.right for leaf in comparison.leaves)
    short = [(name, counts.share(counts.short_kinds)) for name, counts in kinds.items()]
    by_field = [(f"{kind} ({total.leaves[kind]})", total.share([kind])) for kind in sorted(total.leaves)]
    cer = [(name, counts.cer) for name, counts in kinds.items() if counts.characters]
    sections = [
        f"<h1>{safe(title)}</h1>",
        _sums(total),
        "<h2>By scan kind</h2>",
        table(
            (
                "scan kind",
                "scans",
                "records found",
                "missed",
                "invented",
                "short exact",
                "prose exact",
                "CER",
                "prose CER",
                "accepted",
                "wrong of them",
            ),
            [(name, *scan_row(counts)) for name, counts in kinds.items()],
        ),
        "<div class=plots>",
        figure(
            "Short and number fields exact, by scan kind",
            bars([(n, s) for n, s in short if s is not None], 1.0),
        ),
        figure(
            "Character errors in text, by scan kind", bars(cer, max([0.02, *(value for _, value in cer)]), 2)
        ),
        figure(
            "Exact, by kind of field (how many)", bars([(n, s) for n, s in by_field if s is not None], 1.0)
        ),
        figure(
            "Is confidence honest? Share right against confidence claimed", reliability(comparison.leaves)
        ),
        "</div>",
        *_records("Records missed", comparison.missed),
        *_records("Records invented", comparison.invented),
        f"<h2>Wrong fields ({wrong}; accepted ones first{f', {WORST} shown' if wrong > WORST else ''})</h2>",
        table(
            ("scan", "record", "field", "kind", "expected", "found", "on the scan", "status", "confidence"),
            [_wrong(leaf, crops.get(leaf)) for leaf in worst(comparison)],
            raw=True,
        ),
    ]
    body = "\n".join(sections)
    return document(title, body)


def _gravity(leaf: Leaf) -> tuple[bool, float, str, int, str]:
    return leaf.status != "accepted", -(leaf.confidence or 0), leaf.source, leaf.record, leaf.path


def _wrong(leaf: Leaf, crop: str | None) -> tuple[str, ...]:
    expected, found = _value(leaf.expected), _value(leaf.found)
    first, second = _marked(expected, found)
    return (
        safe(leaf.source),
        str(leaf.record),
        f"<code>{safe(leaf.path)}</code>",
        safe(leaf.kind),
        first,
        second,
        f'<img alt="" src="{crop}">' if crop else "",
        f'<span class="{safe(leaf.status or "none")}">{safe(leaf.status or "")}</span>',
        "" if leaf.confidence is None else f"{leaf.confidence:.3f}",
    )


def _value(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _marked(one: str, other: str) -> tuple[str, str]:
    """Both texts in HTML, what differs between their common beginning and end marked."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1

    def mark(text: str) -> str:
        stop = len(text) - end
        head, tail = text[max(0, start - 30) : start], text[stop : stop + 30]
        dots = "…" if start > 30 else "", "…" if end > 30 else ""
        middle = f"<mark>{safe(text[start:stop])}</mark>" if start < stop else ""
        return f"{dots[0]}{safe(head)}{middle}{safe(tail)}{dots[1]}"

    return mark(one), mark(other)


def bars(rows: Sequence[tuple[str, float]], top: float, digits: int = 1) -> str:
    """Horizontal bars from 0 to `top`, each labelled with its share, as SVG."""
    height, label, width = 26, 150, 300
    parts = []
    for index, (name, value) in enumerate(rows):
        y, length = index * height, max(1.0, width * min(value / top, 1.0))
        parts.append(
            f'<text x="{label - 8}" y="{y + 17}" text-anchor="end">{safe(name)}</text>'
            f'<rect class="track" x="{label}" y="{y + 5}" width="{width}" height="16" rx="2"/>'
            f'<rect class="bar" x="{label}" y="{y + 5}" width="{length:.1f}" height="16" rx="2"/>'
            f'<text class="number" x="{label + width + 8}" y="{y + 17}">{percent(value, digits)}</text>'
        )
    return _svg(label + width + 70, height * len(rows), parts)


def reliability(leaves: Sequence[Leaf], bins: int = 10) -> str:
    """The share of right leaves against their mean confidence, in `bins` of equal width, as SVG; circles grow with counts."""
    side, margin = 260, 40
    parts = [
        f'<rect class="track" x="{margin}" y="10" width="{side}" height="{side}"/>',
        f'<line class="ideal" x1="{margin}" y1="{10 + side}" x2="{margin + side}" y2="10"/>',
    ]
    for tick in (0.0, 0.5, 1.0):
        x, y = margin + tick * side, 10 + (1 - tick) * side
        parts.append(f'<text x="{x}" y="{side + 28}" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="{margin - 6}" y="{y + 4}" text-anchor="end">{tick:g}</text>')
    known = [leaf for leaf in leaves if leaf.confidence is not None]
    for index in range(bins):
        inside = [leaf for leaf in known if min(int((leaf.confidence or 0) * bins), bins - 1) == index]
        if inside:
            x = sum(leaf.confidence or 0 for leaf in inside) / len(inside)
            y = sum(leaf.right for leaf in inside) / len(inside)
            radius = 3 + 11 * (len(inside) / len(known)) ** 0.5
            tip = f"confidence {x:.2f}: {percent(y)} right of {len(inside)}"
            cx, cy = margin + x * side, 10 + (1 - y) * side
            parts.append(
                f'<circle class="dot" cx="{cx:.1f}" cy="{cy:.1f}" r="{radius:.1f}"><title>{tip}</title></circle>'
            )
    return _svg(margin + side + 20, side + 40, parts)


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">{"".join(parts)}</svg>'


def _sums(total: Counts) -> str:
    tiles = (
        (f"{total.expected - total.missed} of {total.expected}", "records found"),
        (str(total.invented), "invented"),
        (percent(total.share(total.short_kinds)), "short and number fields exact"),
        (percent(total.cer, 2), "CER of text"),
        (percent(total.accepted / total.fields) if total.fields else "–", "fields accepted"),
        (
            percent(total.wrong_accepted / total.accepted, 2) if total.accepted else "–",
            "wrong among accepted",
        ),
    )
    cells = "".join(f"<div><b>{safe(value)}</b><span>{safe(name)}</span></div>" for value, name in tiles)
    return f"<div class=tiles>{cells}</div>"


def _records(title: str, records: Sequence[tuple[str, int]]) -> Iterator[str]:
    if records:
        items = "".join(f"<li>{safe(source)}, record {number}</li>" for source, number in records)
        yield f"<h2>{title} ({len(records)})</h2><ul>{items}</ul>"
