"""Compare found records with expected ones, leaf by leaf, and count.

Text is compared in the form of the record contract with blanks left out, numbers by value. A leaf that is blank on both sides is
not counted: blanks are easy. The items of lists are paired by likeness before they are compared, so that one lost
paragraph costs one leaf and not all after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz.distance import Levenshtein

from postprocess.alignment import align, likeness, record_likeness
from postprocess.forms import Form
from postprocess.thai import normalize

LEAST_ALIKE = 0.1
"""Records less alike are not paired: of one that damage has spoilt a few fields are left, but those of a stranger are
read in full, and other texts in the same language are more alike than that."""
PROSE = 60
"""A text of more characters than this (blanks left out) is prose; the others are short."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf, expected and found; `status` and `confidence` are the found one's, None where nothing was found."""

    scan_kind: str
    source: str
    record: int
    path: str
    kind: str
    expected: Any
    found: Any
    right: bool
    status: str | None
    confidence: float | None
    page: int | None = None
    box: tuple[int, ...] | None = None


@dataclass(slots=True)
class Counts:
    """The sums over some scans. `exact` and `leaves` by kind of field; `edits` and `characters` of all text."""

    scans: set[str] = field(default_factory=set)
    expected: int = 0
    found: int = 0
    missed: int = 0
    invented: int = 0
    leaves: dict[str, int] = field(default_factory=dict)
    exact: dict[str, int] = field(default_factory=dict)
    extra: int = 0
    edits: int = 0
    characters: int = 0
    prose_edits: int = 0
    prose_characters: int = 0
    fields: int = 0
    accepted: int = 0
    wrong_accepted: int = 0

    @property
    def cer(self) -> float:
        """Edits per character of all text fields."""
        return self.edits / max(self.characters, 1)

    @property
    def prose_cer(self) -> float:
        """Edits per character of prose: texts longer than `PROSE`, and lists of text."""
        return self.prose_edits / max(self.prose_characters, 1)

    def share(self, kinds: Sequence[str]) -> float | None:
        """The share of exact leaves among those of `kinds`; None where there is none."""
        total = sum(self.leaves.get(kind, 0) for kind in kinds)
        return sum(self.exact.get(kind, 0) for kind in kinds) / total if total else None

    @property
    def short_kinds(self) -> list[str]:
        """All kinds of field but prose."""
        return [kind for kind in self.leaves if kind != "prose"]


@dataclass(slots=True)
class Comparison:
    """Everything that `compare` found: sums by scan kind, and every leaf that is wrong or was accepted."""

    by_kind: dict[str, Counts] = field(default_factory=dict)
    leaves: list[Leaf] = field(default_factory=list)
    missed: list[tuple[str, int]] = field(default_factory=list)
    invented: list[tuple[str, int]] = field(default_factory=list)

    def total(self) -> Counts:
        """The sums over all scan kinds."""
        return sum_of(self.by_kind.values())


def sum_of(parts: Any) -> Counts:
    """The sums of `parts`."""
    total = Counts()
    for part in parts:
        total.scans |= part.scans
        for name in ("leaves", "exact"):
            ours = getattr(total, name)
            for kind, number in getattr(part, name).items():
                ours[kind] = ours.get(kind, 0) + number
        for name in Counts.__dataclass_fields__:
            if isinstance(getattr(total, name), int):
                setattr(total, name, getattr(total, name) + getattr(part, name))
    return total


def compare(
    expected: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]], forms: Sequence[Form]
) -> Comparison:
    """Compare lines of ``expected.jsonl`` (`source`, `kind`, `values`) with records of the record contract."""
    result = Comparison()
    kinds = {line["source"]: line.get("kind") or "scan" for line in expected}
    for source in dict.fromkeys([*kinds, *(record["source"] for record in found)]):
        kind = kinds.get(source, "not expected")
        counts = result.by_kind.setdefault(kind, Counts())
        counts.scans.add(source)
        wanted = [line for line in expected if line["source"] == source and line.get("values") is not None]
        given = [record for record in found if record["source"] == source]
        counts.expected += len(wanted)
        counts.found += len(given)
        pairs = align(wanted, given, lambda w, g: record_likeness(w["values"], g["values"]), LEAST_ALIKE)
        for left, right in pairs:
            if left is None:
                assert right is not None
                counts.invented += 1
                result.invented.append((source, given[right]["record"]))
                continue
            if right is None:
                counts.missed += 1
                result.missed.append((source, left + 1))
            record = given[right] if right is not None else {"values": {}, "fields": []}
            form = _form_of(record.get("form") or wanted[left].get("form"), wanted[left]["values"], forms)
            leaves = list(_leaves(kind, source, left + 1, wanted[left]["values"], record, form))
            _count(counts, leaves, wanted[left]["values"], record["values"], form)
            result.leaves.extend(leaves)
    return result


def same(one: Any, other: Any) -> bool:
    """Whether two leaves are equal as the record contract compares them."""
    if isinstance(one, str) and isinstance(other, str):
        return plain(one) == plain(other)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < 0.005
    return bool(one == other)


def plain(text: str) -> str:
    """`text` in the contract's form without blanks."""
    return "".join(normalize(text).split())


def _form_of(name: str | None, values: Mapping[str, Any], forms: Sequence[Form]) -> Form:
    for form in forms:
        if form.name == name:
            return form
    return max(
        forms,
        key=lambda form: len({path.split("[")[0].split(".")[0] for path, _ in form.leaves()} & values.keys()),
    )


def _kind(form: Form, path: str, expected: Any, found: Any) -> str:
    try:
        leaf = form.leaf(path)
    except KeyError:
        return "unknown"
    kind = str(getattr(leaf, "kind", type(leaf).__name__.lower()))
    if kind == "text":
        value = expected if isinstance(expected, str) else found
        return "prose" if isinstance(value, str) and len(plain(value)) > PROSE else "short text"
    return kind


def _leaves(
    scan_kind: str, source: str, number: int, wanted: Mapping[str, Any], record: Mapping[str, Any], form: Form
) -> Iterator[Leaf]:
    fields = {field["path"]: field for field in record["fields"]}
    for expected_path, found_path, expected, found in pair_leaves("", "", wanted, record["values"]):
        entry = fields.get(found_path or "", {})
        path = expected_path or found_path or ""
        yield Leaf(
            scan_kind,
            source,
            number,
            path,
            _kind(form, path, expected, found),
            expected,
            found,
            same(expected, found),
            entry.get("status"),
            entry.get("confidence"),
            entry.get("page"),
            tuple(entry["box"]) if entry.get("box") else None,
        )


def pair_leaves(
    left_path: str | None, right_path: str | None, left: Any, right: Any
) -> Iterator[tuple[str | None, str | None, Any, Any]]:
    """The leaves of two nested values side by side: both paths (None on the side that lacks it), both values."""
    if isinstance(left, Mapping) or isinstance(right, Mapping):
        ours = left if isinstance(left, Mapping) else {}
        theirs = right if isinstance(right, Mapping) else {}
        for key in dict.fromkeys([*ours, *theirs]):
            yield from pair_leaves(
                _under(left_path, key), _under(right_path, key), ours.get(key), theirs.get(key)
            )
    elif isinstance(left, list) or isinstance(right, list):
        before, after = left if isinstance(left, list) else [], right if isinstance(right, list) else []
        for i, j in align(before, after, likeness, least=_least(before, after)):
            yield from pair_leaves(
                None if i is None or left_path is None else f"{left_path}[{i}]",
                None if j is None or right_path is None else f"{right_path}[{j}]",
                None if i is None else before[i],
                None if j is None else after[j],
            )
    else:
        yield left_path, right_path, left, right


def _least(before: Sequence[Any], after: Sequence[Any]) -> float:
    """How alike items must be to be paired: of a worn row a few cells are left, of a text most of its letters."""
    return LEAST_ALIKE if all(isinstance(item, Mapping) for item in (*before, *after)) else 0.3


def _under(path: str | None, key: str) -> str | None:
    return None if path is None else f"{path}.{key}" if path else key


def _count(counts: Counts, leaves: Sequence[Leaf], wanted: Any, given: Any, form: Form) -> None:
    for leaf in leaves:
        if leaf.expected is not None:
            counts.leaves[leaf.kind] = counts.leaves.get(leaf.kind, 0) + 1
            counts.exact[leaf.kind] = counts.exact.get(leaf.kind, 0) + leaf.right
        elif leaf.found is not None:
            counts.extra += 1
        if leaf.status is not None:
            counts.fields += 1
            counts.accepted += leaf.status == "accepted"
            counts.wrong_accepted += leaf.status == "accepted" and not leaf.right
    for path, expected, found in texts(wanted, given, form):
        edits = Levenshtein.distance(expected, found)
        counts.edits += edits
        counts.characters += len(expected)
        if path.endswith("[*]") or len(expected) > PROSE:
            counts.prose_edits += edits
            counts.prose_characters += len(expected)


def texts(wanted: Any, given: Any, form: Form) -> Iterator[tuple[str, str, str]]:
    """Path, expected and found text of every text field, blanks left out; a list of text is one text."""
    by_path: dict[str, tuple[list[str], list[str]]] = {}
    for left, right, expected, found in pair_leaves("", "", wanted, given):
        path = left or right or ""
        kind = _kind(form, path, expected, found)
        if kind not in ("prose", "short text"):
            continue
        whole = path[: path.rindex("[")] + "[*]" if path.endswith("]") else path
        ours, theirs = by_path.setdefault(whole, ([], []))
        ours.append(plain(expected) if isinstance(expected, str) else "")
        theirs.append(plain(found) if isinstance(found, str) else "")
    for path, (ours, theirs) in by_path.items():
        yield path, "".join(ours), "".join(theirs)
