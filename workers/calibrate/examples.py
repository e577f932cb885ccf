"""Examples for a fit: the leaves of scans whose truth is known, each with its evidence and whether it was right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ocr.types import Text
from postprocess.alignment import align, record_likeness
from postprocess.assemble import checked, for_a_person, missing, unfilled, values_of
from postprocess.confidence import confidence, group
from postprocess.evidence import Evidence
from postprocess.forms import Form
from postprocess.locate import LOOKS, doubtful, locate
from postprocess.looks import Draft
from postprocess.split import split
from postprocess.types import Segment
from postprocess.understand import understand, understood_again
from workers.evaluate.compare import LEAST_ALIKE, pair_leaves, same
from workers.pipeline import SecondLook, looked_at, reread

Looks = Literal["none", "own", "all", "as in use"]
"""Which further looks an example has: none, the first reader's, both readers', or those that were found worth it."""

EVERY = 1.5
"""A confidence that none reaches: with it everything is looked at."""


@dataclass(frozen=True, slots=True)
class Example:
    """One leaf of one record: its evidence, whether the value `found` was `right`, and whether it has a problem, so that
    it is never accepted. `confidence` is what the calibration in use said.
    """

    source: str
    scan_kind: str
    path: str
    looks: Looks
    evidence: Evidence
    right: bool
    stopped: bool
    confidence: float
    expected: Any = None
    found: Any = None

    @property
    def kind(self) -> str:
        """The kind of the field, or ``blank``."""
        return "blank" if self.evidence.blank else self.evidence.kind

    @property
    def group(self) -> str:
        """What its threshold goes by."""
        return group(self.kind)


def examples(
    expected: Sequence[Mapping[str, Any]],
    texts: Sequence[Text],
    forms: Sequence[Form],
    look: SecondLook,
    *,
    every_way: bool = True,
) -> Iterator[Example]:
    """The examples of one document, four for each leaf: one for each way to look, or only that in use.

    `expected` are its lines of ``expected.jsonl``. A record that was not found gives none; one that was invented
    gives only wrong ones.
    """
    records = list(split(texts, forms))
    plain = [[understand(reading, form) for reading in locate(segment, form)] for form, segment in records]
    given = [values_of(drafts, form) for drafts, (form, _) in zip(plain, records, strict=True)]
    wanted = [line["values"] for line in expected if line.get("values") is not None]
    pairs = align(wanted, given, record_likeness, LEAST_ALIKE)
    truth = {found: wanted[index] for index, found in pairs if index is not None and found is not None}
    for number, (form, segment) in enumerate(records):
        first = plain[number]
        ways = _every_way(form, segment, first, look) if every_way else ()
        for looks, found in (*ways, ("as in use", looked_at(form, segment, first, look))):
            drafts = checked(segment, form, found)
            truths = _truths(truth.get(number, {}), drafts, values_of(drafts, form))
            for draft in drafts:
                if missing(draft):
                    continue
                yield Example(
                    expected[0]["source"] if expected else "",
                    str(expected[0].get("kind") or "scan") if expected else "",
                    draft.reading.path,
                    looks,
                    draft.evidence,
                    draft.reading.path in truths and same(truths[draft.reading.path], draft.value),
                    unfilled(draft) or for_a_person(draft),
                    confidence(draft.evidence),
                    truths.get(draft.reading.path),
                    draft.value,
                )


def _every_way(
    form: Form, segment: Segment, first: Sequence[Draft], look: SecondLook
) -> Iterator[tuple[Looks, Sequence[Draft]]]:
    full = first
    for reader in LOOKS:
        full = reread(form, full, doubtful(segment, form, full, reader, sure=EVERY, most=10_000), look)
    known = {draft.reading.path: draft for draft in first}

    def own(draft: Draft) -> Draft:
        looks = tuple(one for one in draft.reading.looks if one.reader != "other")
        return understood_again(known[draft.reading.path], replace(draft.reading, looks=looks), form)

    yield "none", first
    yield "own", [own(draft) for draft in full]
    yield "all", full


def _truths(truth: Mapping[str, Any], drafts: Sequence[Draft], values: Mapping[str, Any]) -> dict[str, Any]:
    """For each draft's path what `truth` has in its place; none for what should not be there at all."""
    found = {
        given: wanted
        for path, given, wanted, _ in pair_leaves("", "", truth, values)
        if given is not None and path is not None
    }
    for draft in drafts:
        if draft.value == []:
            found[draft.reading.path] = _at(truth, draft.reading.path) or []
    return found


def _at(values: Any, path: str) -> Any:
    node = values
    for step in path.replace("[", ".[").split("."):
        if step.startswith("["):
            index = int(step[1:-1])
            node = node[index] if isinstance(node, list) and index < len(node) else None
        else:
            node = node.get(step) if isinstance(node, Mapping) else None
    return node
