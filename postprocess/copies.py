"""Copies of one project: found among records, put in order as versions, voted field by field.

Voting is that of ROVER (Fiscus, 1997): readings are aligned, each place is decided by votes that weigh as much as
their confidence. A disagreement of sure readings is not decided but shown to a person, unless one copy is a later version of the
other: reports were added to it, and sums and dates have grown.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz import fuzz

from postprocess.alignment import align, likeness
from postprocess.forms import Form
from postprocess.kinds import problem
from postprocess.paths import general
from postprocess.thai import arabic_digits
from postprocess.types import Problem

SAME_NAME = 0.9
"""From this likeness on two titles are those of one project, where a code does not say otherwise."""
NEAR_CODE = 2
"""Codes that differ in more characters than this are different codes, however unsure."""
_MOST_ODDS = 7.0
_TOGETHER = 0.995
"""From this confidence on a value is believed that several copies agree on and none alone had for sure."""

Line = Mapping[str, Any]
"""A record as the record contract writes it."""


@dataclass(frozen=True, slots=True)
class Key:
    """What identifies a project: form, code, year and title; `sure` says that the code was accepted."""

    form: str
    code: str | None
    year: Any
    title: str | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Vote:
    """What one record says of a field: `source` is its number among the project's sources; `path` is its own."""

    source: int
    path: str
    value: Any
    confidence: float
    status: str


@dataclass(frozen=True, slots=True)
class ProjectField:
    """One leaf of a project: the `value` voted for, how likely it is, and the votes."""

    path: str
    value: Any
    text: str | None
    confidence: float
    status: Literal["accepted", "review", "missing"]
    votes: tuple[Vote, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """One project with the records it was read from; `versions` numbers them from 1, the oldest, one for each source."""

    form: str
    sources: tuple[tuple[str, int], ...]
    versions: tuple[int, ...]
    values: dict[str, Any]
    fields: tuple[ProjectField, ...]

    @property
    def status(self) -> Literal["accepted", "review"]:
        return "accepted" if all(field.status == "accepted" for field in self.fields) else "review"


# ------------------------------------------------------------------ which records are of one project


def key_of(line: Line, form: Form) -> Key:
    """What identifies the project of a record, by the paths that its form names for searching."""
    paths = form.search.paths()
    status = {field["path"]: field["status"] for field in line["fields"]}

    def value(name: str) -> Any:
        return line["values"].get(paths[name]) if name in paths else None

    code = value("code")
    sure = code is not None and status.get(paths.get("code", "")) == "accepted"
    return Key(line["form"], None if code is None else str(code), value("year"), value("title"), sure)


def grouped(keys: Sequence[Key]) -> list[list[int]]:
    """The indices of `keys` put together that mean one project, in the order of their first ones.

    Code and year decide; where a code is lost or unsure, a title that is nearly equal does.
    """
    groups: list[list[int]] = []
    by_code: dict[tuple[str, str, Any], list[int]] = {}
    unsure: list[int] = []
    for index, key in enumerate(keys):
        if key.code is None or not key.sure:
            unsure.append(index)
            continue
        group = by_code.setdefault((key.form, key.code, key.year), [])
        if not group:
            groups.append(group)
        group.append(index)
    for index in unsure:
        fitting = [group for group in groups if any(_one_project(keys[index], keys[i]) for i in group)]
        if len(fitting) == 1:
            fitting[0].append(index)
        else:
            groups.append([index])
    return sorted((sorted(group) for group in groups), key=lambda group: group[0])


def _one_project(a: Key, b: Key) -> bool:
    if a.form != b.form or (a.year is not None and b.year is not None and a.year != b.year):
        return False
    if a.code is not None and a.code == b.code:
        return True
    if a.code is not None and b.code is not None and _apart(a.code, b.code) > NEAR_CODE:
        return False
    if not a.title or not b.title or _numbers(a.title) != _numbers(b.title):
        return False  # phases and places of one programme differ in nothing but a number
    return fuzz.ratio("".join(a.title.split()), "".join(b.title.split())) / 100 >= SAME_NAME


def _numbers(title: str) -> list[str]:
    return re.findall(r"\d+", arabic_digits(title))


def _apart(a: str, b: str) -> int:
    return sum(x != y for x, y in itertools.zip_longest(a, b))


# ------------------------------------------------------------------ one project


def project(lines: Sequence[Line], form: Form) -> Project:
    """The project that `lines`, records of one form, are copies of; ValueError for none."""
    if not lines:
        raise ValueError("a project has at least one record")
    versions = _versions(lines, form)
    newest = max(versions)
    # the newest and best read record is the one that the others are aligned to
    base = max(range(len(lines)), key=lambda n: (versions[n], _goodness(lines[n])))
    order = [base, *(n for n in range(len(lines)) if n != base)]
    fields = {n: {field["path"]: field for field in lines[n]["fields"]} for n in order}
    grown = _growing(form)
    found: list[ProjectField] = []
    values: dict[str, Any] = {}
    votes_at: dict[str, list[Vote]] = {path: [] for path in _leaf_paths(lines[base])}
    for n in order:
        for ours, theirs in _paired(lines[base]["values"], lines[n]["values"]):
            field = fields[n].get(theirs)
            if field is None or ours not in votes_at:
                continue
            if versions[n] < newest and general(ours) in grown:
                continue
            votes_at[ours].append(
                Vote(n, theirs, field["value"], float(field["confidence"]), field["status"])
            )
    for path, votes in votes_at.items():
        found.append(_voted(path, votes, fields[base][path]["text"], fields))
        _put(values, path, found[-1].value, lines[base]["values"])
    sources = tuple((line["source"], line["record"]) for line in lines)
    return Project(form.name, sources, tuple(versions), values, tuple(found))


def _voted(
    path: str,
    votes: Sequence[Vote],
    text: str | None,
    fields: Mapping[int, Mapping[str, Any]],
) -> ProjectField:
    voters = [vote for vote in votes if vote.status != "missing"]
    if not voters:
        return ProjectField(path, votes[0].value if votes else None, text, 0.0, "missing", tuple(votes))
    parties: list[list[Vote]] = []
    for vote in voters:
        for party in parties:
            if _same(party[0].value, vote.value):
                party.append(vote)
                break
        else:
            parties.append([vote])
    parties.sort(key=lambda party: -sum(max(_odds(v.confidence), 0.05) for v in party))
    first, others = parties[0], [vote for party in parties[1:] for vote in party]
    best = max(first, key=lambda vote: vote.confidence)
    # copies share print and reader: what a further one adds counts half
    odds = _odds(best.confidence) + 0.5 * sum(max(_odds(v.confidence), 0.0) for v in first if v is not best)
    odds -= sum(max(_odds(v.confidence), 0.0) for v in others)
    likely = 1 / (1 + math.exp(-max(-_MOST_ODDS, min(odds, _MOST_ODDS))))
    sure = [party for party in parties if any(vote.status == "accepted" for vote in party)]
    problems: tuple[Problem, ...] = ()
    if len(sure) > 1:
        accepted = False
        problems = (
            problem(
                "copies_differ",
                "สำเนาของโครงการนี้อ่านได้ไม่ตรงกัน",
                "copies of this project were read differently, each without doubt",
            ),
        )
    elif sure:
        # doubtful readings of other copies do not speak against a sure one, unless they are more
        accepted = sure[0] is first and len(first) > len(others)
    else:
        # what no copy had for sure is believed only where all agree and are surer together than any alone
        accepted = len(first) > 1 and not others and likely >= _TOGETHER and not _problems(first, fields)
    status: Literal["accepted", "review"] = "accepted" if accepted else "review"
    shown = fields[best.source].get(best.path, {}).get("text", text)
    return ProjectField(path, best.value, shown, round(likely, 4), status, tuple(votes), problems)


def _problems(votes: Sequence[Vote], fields: Mapping[int, Mapping[str, Any]]) -> bool:
    return any(fields[vote.source].get(vote.path, {}).get("problems") for vote in votes)


def _odds(confidence: float) -> float:
    inside = min(max(confidence, 0.001), 0.999)
    return math.log(inside / (1 - inside))


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, str) and isinstance(b, str):
        return "".join(a.split()) == "".join(b.split())
    return bool(a == b)


def _goodness(line: Line) -> float:
    return sum(float(field["confidence"]) for field in line["fields"])


# ------------------------------------------------------------------ alignment


def _paired(base: Any, other: Any, a: str = "", b: str = "") -> Iterator[tuple[str, str]]:
    """The paths of leaves that stand for the same place: of the base record and of the other one."""
    if isinstance(base, Mapping) and isinstance(other, Mapping):
        for key in base.keys() & other.keys():
            yield from _paired(base[key], other[key], f"{a}.{key}" if a else key, f"{b}.{key}" if b else key)
    elif isinstance(base, list) and isinstance(other, list):
        if not base and not other:
            yield a, b
        for i, j in align(base, other, likeness, least=0.3):
            if i is not None and j is not None:
                yield from _paired(base[i], other[j], f"{a}[{i}]", f"{b}[{j}]")
    elif not isinstance(base, list | Mapping) and not isinstance(other, list | Mapping):
        yield a, b


def _leaf_paths(line: Line) -> list[str]:
    return [field["path"] for field in line["fields"]]


def _put(values: dict[str, Any], path: str, value: Any, shape: Mapping[str, Any]) -> None:
    """Set the leaf at `path` in `values`, which takes its shape from `shape`."""
    if not values:
        values.update(_copied(shape))
    steps = [int(s[1:-1]) if s.startswith("[") else s for s in re.findall(r"[^.\[\]]+|\[\d+\]", path)]
    node: Any = values
    for step in steps[:-1]:
        node = node[step]
    node[steps[-1]] = value


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


# ------------------------------------------------------------------ versions


def _growing(form: Form) -> frozenset[str]:
    """The paths that a later report changes: what must equal the last of a list that grows."""
    return frozenset(check.against for check in form.checks if check.rule == "last_equals" and check.against)


def _versions(lines: Sequence[Line], form: Form) -> list[int]:
    """For each record the number of its version: those with more numbered rows are later ones, if the rows of the
    others are their beginning and none of these was doubtful; a row lost in reading makes no version.
    """
    lists = [check.paths[0].split("[*]")[0] for check in form.checks if check.rule == "numbered"]
    if not lists:
        return [1] * len(lines)
    rows = [_rows(line, lists[0]) for line in lines]
    longest = sorted({len(r) for r in rows})
    level = dict.fromkeys(longest, 1)
    for shorter, longer in itertools.pairwise(longest):
        grew = any(
            _earlier(lines[i], rows[i], rows[j], lists[0])
            for i in range(len(lines))
            for j in range(len(lines))
            if len(rows[i]) == shorter and len(rows[j]) == longer
        )
        level[longer] = level[shorter] + grew
    return [level[len(r)] for r in rows]


def _rows(line: Line, path: str) -> list[Any]:
    node: Any = line["values"]
    for step in path.split("."):
        node = node.get(step) if isinstance(node, Mapping) else None
    return list(node) if isinstance(node, list) else []


def _earlier(line: Line, rows: Sequence[Any], later: Sequence[Any], path: str) -> bool:
    """Whether `rows` are a whole earlier list: the beginning of `later`, each row as there, all that follows read."""
    if any(likeness(a, b) < 0.6 for a, b in zip(rows, later, strict=False)):
        return False
    fields = line["fields"]
    missing = any(field["status"] == "missing" for field in fields)
    numbers = [f for f in fields if re.fullmatch(rf"{re.escape(path)}\[\d+\]\.[^.\[]+", f["path"])]
    doubtful = any(f["value"] is None for f in numbers)
    return not missing and not doubtful and len(line["pages"]) > 0
