"""What the tests of kinds share: options of fields as a form gives them, and the problems of a value."""

from __future__ import annotations

from postprocess.kinds import Parsed

CODE = {"pattern": r"\d{8}-\d{4}"}
STATUS = {"vocabulary": "plan_statuses"}


def codes(parsed: Parsed) -> list[str]:
    return [p.code for p in parsed.problems]
