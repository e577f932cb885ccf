"""Texts and records as JSON."""

from __future__ import annotations

import gzip
import json
from typing import Any, Protocol

from pydantic import TypeAdapter

from ocr.types import Text
from postprocess.types import Field, Record

SCHEMA = "samnao/1"
_TEXT = TypeAdapter(Text)


def dump_text(text: Text) -> bytes:
    """`text` as gzipped JSON; `load_text` gives it back equal."""
    return gzip.compress(_TEXT.dump_json(text), compresslevel=3, mtime=0)


def load_text(data: bytes) -> Text:
    """The inverse of `dump_text`; ValueError where `data` is no such text."""
    try:
        return _TEXT.validate_json(gzip.decompress(data))
    except (OSError, EOFError) as error:
        raise ValueError("not a kept text") from error


class Filled(Protocol):
    """A filled form, as it was just read or as it is stored."""

    @property
    def form(self) -> str: ...
    @property
    def form_version(self) -> str: ...
    @property
    def pages(self) -> tuple[int, ...]: ...
    @property
    def number(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def values(self) -> dict[str, Any]: ...


def record_json(record: Record, source: str, sha256: str) -> dict[str, Any]:
    """The record as the record contract writes it."""
    return contract(record, source, sha256, [_field(field) for field in record.fields])


def contract(record: Filled, source: str, sha256: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    """What the record contract says of a record, around its `fields`."""
    return {
        "schema": SCHEMA,
        "form": record.form,
        "form_version": record.form_version,
        "source": source,
        "source_sha256": sha256,
        "pages": list(record.pages),
        "record": record.number,
        "status": record.status,
        "values": record.values,
        "fields": fields,
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "path": field.path,
        "value": field.value,
        "raw": field.raw,
        "text": field.text,
        "confidence": round(field.confidence, 4),
        "status": field.status,
        "page": field.page,
        "box": None if field.box is None else list(field.box),
        "changes": [{"rule": c.rule, "from": c.before, "to": c.after} for c in field.changes],
        "problems": [{"code": p.code, "message": p.message} for p in field.problems],
        "alternatives": list(field.alternatives),
    }


def json_line(value: dict[str, Any]) -> str:
    """`value` as one line of JSON, without the line's end."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=str)
