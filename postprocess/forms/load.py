"""Form files in, `Form` out; every mistake named by file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from rapidfuzz import process

from ocr.errors import SamnaoError
from postprocess import vocab
from postprocess.forms import model, shapes
from postprocess.forms.model import Form
from postprocess.forms.shapes import KINDS, Leaf


class FormError(SamnaoError):
    """A form definition cannot be used; the message names the file, the key and the remedy."""

    code = "form"


def load_forms(folder: Path | None = None) -> tuple[Form, ...]:
    """All forms in `folder` (samnao's own where none is given), by name; FormError where one is wrong or named twice."""
    files = sorted((folder or Path(__file__).parent).glob("*.toml"))
    forms: dict[str, Form] = {}
    for file in files:
        form = load_form(file)
        if form.name in forms:
            raise FormError(
                f"{file}: name: another form is already called {form.name!r}; give this one its own name"
            )
        forms[form.name] = form
    return tuple(forms[name] for name in sorted(forms))


def load_form(file: Path) -> Form:
    """The form defined in `file`; FormError where it cannot be read or says something that is not understood."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FormError(f"{file}: cannot be read ({error}); a form is a UTF-8 TOML file") from error
    return form_from_text(text, str(file))


def form_from_text(text: str, name: str) -> Form:
    """The form defined by the TOML `text`; `name` stands for the file in errors."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FormError(f"{name}: not TOML: {error}") from error
    try:
        form = Form.model_validate(data)
    except ValidationError as error:
        # pydantic calls a list too short when its members are wrong: their own mistakes are told already
        lines = [
            _explain(name, data, dict(item))
            for item in error.errors()
            if item["type"] != "too_short" or not item["input"]
        ]
        raise FormError("\n".join(dict.fromkeys(lines))) from error
    problems = [f"{name}: {problem}" for problem in _inconsistencies(form)]
    if problems:
        raise FormError("\n".join(problems))
    return form


def _explain(name: str, data: Any, error: dict[str, Any]) -> str:
    keys = [str(k) if isinstance(k, str) else f"[{k}]" for k in _printed_keys(data, error["loc"])]
    where = ".".join(keys).replace(".[", "[") or "(top level)"
    kind, last = error["type"], str(error["loc"][-1]) if error["loc"] else ""
    if kind == "extra_forbidden":
        return f"{name}: {where}: unknown key{_did_you_mean(last, _KEYS)}"
    if kind == "missing":
        return f"{name}: {where}: this key is missing; add it"
    if kind == "literal_error":
        allowed = KINDS if last == "kind" else [str(error.get("ctx", {}).get("expected", ""))]
        return (
            f"{name}: {where}: {error['input']!r} is not known{_did_you_mean(str(error['input']), allowed)}"
        )
    if kind == "union_tag_invalid":
        tag = str(error["ctx"]["tag"])
        return f"{name}: {where}.shape: {tag!r} is not known{_did_you_mean(tag, _SHAPES)}"
    message = error["msg"].removeprefix("Value error, ")
    return f"{name}: {where}: {message}"


def _printed_keys(data: Any, location: Iterable[str | int]) -> Iterator[str | int]:
    """`location` without the tags that pydantic puts in for the members of a union."""
    for key in location:
        if isinstance(data, dict) and key not in data and key in _SHAPES and not isinstance(key, int):
            continue
        yield key
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            data = None


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    names = sorted(set(known))
    best = process.extractOne(word, names, score_cutoff=60)
    return f"; did you mean {best[0]!r}?" if best else f"; known: {', '.join(names)}"


_SHAPES = ("value", "split", "parts", "body", "group", "table", "boxes", "signature", "cell", "entries")
_KEYS = {
    key
    for kind in (*vars(shapes).values(), *vars(model).values())
    if isinstance(kind, type) and issubclass(kind, BaseModel)
    for key in kind.model_fields
}


def _inconsistencies(form: Form) -> Iterator[str]:
    """What a schema cannot say: names that must stand for something."""
    seen: set[str] = set()
    known_paths = [path for path, _ in form.leaves()]
    for name, entries in form.vocabularies.items():
        for entry in entries:
            if entry.startswith("@") and entry[1:] not in vocab.names():
                yield f"vocabularies.{name}: there is no list {entry!r}{_did_you_mean(entry[1:], vocab.names())}"
    for check in form.checks:
        for path in (*check.paths, *((check.against,) if check.against else ())):
            if path not in known_paths:
                yield f"checks: {path!r} is no path{_did_you_mean(path, known_paths)}"
    for path, leaf in form.leaves():
        if path in seen:
            yield f"path {path!r} is used twice; every leaf needs its own"
        seen.add(path)
        if not isinstance(leaf, Leaf):
            continue
        if leaf.kind == "choice" and leaf.vocabulary is None:
            yield f"{path}: kind 'choice' needs a vocabulary; name one of vocabularies"
        if leaf.kind == "code" and leaf.pattern is None:
            yield f"{path}: kind 'code' needs a pattern"
        if leaf.vocabulary is not None and leaf.vocabulary not in form.vocabularies:
            known = form.vocabularies or {"(none)": ()}
            yield f"{path}: vocabulary: {leaf.vocabulary!r} is not in vocabularies{_did_you_mean(leaf.vocabulary, known)}"


__all__ = ["FormError", "form_from_text", "load_form", "load_forms"]
