"""What a form definition may say (pydantic, unknown keys refused).

A form is a sequence of sections in printed order. A section has headings (variants of one printed line) and fields
(see `postprocess.forms.shapes`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from postprocess import checks, vocab
from postprocess.forms.shapes import (
    AnyField,
    Boxes,
    Group,
    Kind,
    Labels,
    Leaf,
    Model,
    Pattern,
    Signature,
    Table,
    leaves_of,
    valid_pattern,
)
from postprocess.paths import general


class Section(Model):
    """A part of the form under one of `headings` (variants of one printed heading)."""

    headings: Labels = ()
    fields: tuple[AnyField, ...] = ()
    anywhere: bool = False
    """The section may also stand behind sections that the definition puts after it."""

    @model_validator(mode="after")
    def _something(self) -> Section:
        if not self.headings and not self.fields:
            raise ValueError("a section needs headings or fields")
        return self


class Furniture(Model):
    """What is printed on pages beside the record: whole lines, fuzzily, and patterns of whole lines, exactly.

    Patterns see the line with Arabic digits.
    """

    lines: Labels = ()
    patterns: tuple[Pattern, ...] = ()

    @field_validator("patterns")
    @classmethod
    def _patterns(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(valid_pattern, value))


class Check(Model):
    """A check across fields; see `postprocess.checks.CheckSpec` for the rules and what they need."""

    rule: str
    paths: tuple[str, ...] = Field(min_length=1)
    against: str | None = None
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _runs(self) -> Check:
        checks.validate(self.spec())
        return self

    def spec(self) -> checks.CheckSpec:
        """The check as `postprocess.checks.run` wants it."""
        return checks.CheckSpec(self.rule, self.paths, self.against, self.low, self.high)


class Search(Model):
    """Which leaves people look for a record by, each a path outside of lists or that of a list; none need be given.

    `year` may be a leaf that is a date.
    """

    title: str | None = None
    code: str | None = None
    office: str | None = None
    year: str | None = None

    def paths(self) -> dict[str, str]:
        """The paths that are given, by what they are."""
        return {name: path for name, path in self.model_dump().items() if path is not None}


TARGET_ERROR = 0.001
"""The share of wrong values among the accepted ones that is aimed at where a form says nothing else."""


class Form(Model):
    """A whole form definition. `least` is how many headings and labels must be found for a text to be this form."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    title: str
    description: str = ""
    least: int = Field(ge=2)
    furniture: Furniture = Furniture()
    vocabularies: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Named lists of phrases; an entry ``@name`` stands for all of a list in postprocess/vocab."""
    sections: tuple[Section, ...] = Field(min_length=1)
    checks: tuple[Check, ...] = ()
    search: Search = Search()
    titles: dict[str, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)
    """What people call a leaf (by its path, with [*] for places in lists) or a group that no label of its own names."""
    target_errors: dict[Literal["default"] | Kind, Annotated[float, Field(gt=0, lt=1)]] = Field(
        default_factory=dict
    )
    """What share of wrong values among the accepted ones is aimed at, by kind; ``default`` for the others."""

    @model_validator(mode="after")
    def _found(self) -> Form:
        known = {path.removesuffix("[*]") for path, _ in self.leaves()}
        for name, path in self.search.paths().items():
            if path not in known or "[*]" in path:
                raise ValueError(f"search: {name}: {path} is no field of this form")
        for path in self.titles:
            if path not in dict(self.leaves()) and f"{path}[*]" not in known | self._groups():
                raise ValueError(f"titles: {path} is no field or group of this form")
        return self

    def target_error(self, kind: str) -> float:
        """The share of wrong values among the accepted ones of `kind` that is aimed at."""
        by_kind: Mapping[str, float] = {str(name): rate for name, rate in self.target_errors.items()}
        return by_kind.get(kind, by_kind.get("default", TARGET_ERROR))

    @cached_property
    def version(self) -> str:
        """A hash of what makes records (comments, order of keys, blanks, `search` and `titles` do not count)."""
        definition = self.model_dump(mode="json", exclude={"search", "titles"})
        text = json.dumps(definition, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def leaves(self) -> Iterator[tuple[str, Leaf | Boxes | Signature]]:
        """Every leaf's path, with [*] for the places in lists, and its definition, in printed order."""
        for section in self.sections:
            for item in section.fields:
                yield from leaves_of(item)

    def leaf(self, path: str) -> Leaf | Boxes | Signature:
        """The definition of the leaf at `path` (with numbers in brackets); KeyError where there is none."""
        return self._by_path[general(path)]

    @cached_property
    def _by_path(self) -> dict[str, Leaf | Boxes | Signature]:
        return dict(self.leaves())

    def printed_labels(self) -> dict[str, str]:
        """For each leaf's path, with [*], the label a person knows it by."""
        leaves = dict(self.leaves())
        titles = {path: title for path, title in self.titles.items() if path in leaves}
        return {path: text for path, text in _printed_labels(self) if text} | titles

    def _groups(self) -> set[str]:
        """The paths of all lists of objects, with [*] behind each."""
        parts = (path.split("[*].")[:-1] for path, _ in self.leaves())
        return {"[*].".join(part[: n + 1]) + "[*]" for part in parts for n in range(len(part))}

    def phrases(self, name: str) -> tuple[str, ...]:
        """The phrases of the vocabulary `name`."""
        return self._phrases[name]

    @cached_property
    def _phrases(self) -> dict[str, tuple[str, ...]]:
        def expanded(entry: str) -> tuple[str, ...]:
            return vocab.entries(entry[1:]) if entry.startswith("@") else (entry,)

        return {
            name: tuple(dict.fromkeys(phrase for entry in entries for phrase in expanded(entry)))
            for name, entries in self.vocabularies.items()
        }

    def options(self, leaf: Leaf) -> dict[str, Any]:
        """What `kinds.parse` wants to know beside the kind."""
        options: dict[str, Any] = {}
        if leaf.pattern is not None:
            options["pattern"] = leaf.pattern
        if leaf.vocabulary is not None:
            options["vocabulary"] = self.phrases(leaf.vocabulary)
        if leaf.open:
            options["open"] = True
        return options


def _printed_labels(form: Form) -> Iterator[tuple[str, str]]:
    for section in form.sections:
        heading = section.headings[0] if section.headings else ""
        for item in section.fields:
            own = item.labels[0] if not isinstance(item, Group | Table) and item.labels else heading
            for path, leaf in leaves_of(item):
                labels = getattr(leaf, "labels", ()) or ((own,) if own else ())
                yield path, labels[0].replace("{number}", "").strip() if labels else ""


def list_paths(form: Form) -> Iterator[str]:
    """The paths of the outermost lists, once for each leaf in them."""
    for path, _ in form.leaves():
        if "[*]" in path:
            yield path.split("[*]")[0]
