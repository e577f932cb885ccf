"""What a reader should find: the `values` of the record contract for an invented project."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

from samples.make.content import Project


def values(project: Project, certified: bool = True) -> dict[str, Any]:
    """The record contract's `values`; `certified` False where the layout prints no certification."""
    found = {
        "project_name": project.name,
        "project_code": project.code,
        "fiscal_year": project.fiscal_year,
        "start_date": _iso(project.start),
        "end_date": _iso(project.end),
        "budget_received": baht(project.received),
        "budget_used": baht(project.used),
        "agency": list(project.agency),
        "responsible_person": project.responsible,
        "coordinator_name": project.coordinator,
        "coordinator_phone": project.phone,
        "rationale": list(project.rationale),
        "objectives": list(project.objectives),
        "targets_quantity": list(project.quantity),
        "targets_quality": list(project.quality),
        "strategy_issue": project.issue,
        "strategy_sub_issue": project.sub_issue,
        "strategy_goal": project.goal,
        "indicator": project.indicator,
        "progress_reports": [
            {
                "number": report.number,
                "date": _iso(report.day),
                "activity": report.activity,
                "progress_percent": baht(report.percent),
                "disbursed": baht(report.disbursed),
                "plan_status": report.plan_status,
                "target_status": report.target_status,
                "expenses": [{"item": e.item, "amount": baht(e.satang)} for e in report.expenses],
            }
            for report in project.reports
        ],
        "certification": {
            "signed": project.signed and certified,
            "signer_name": project.signer if certified else None,
            "signer_position": project.position if certified else None,
        },
    }
    normal: dict[str, Any] = nfc(found)
    return normal


def baht(hundredths: int | None) -> int | float | None:
    """Hundredths as a number: whole where it is whole."""
    if hundredths is None:
        return None
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100


def nfc(value: Any) -> Any:
    """`value` with every text in it in NFC, sara am composed."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).replace("\u0e4d\u0e32", "\u0e33")
    if isinstance(value, list):
        return [nfc(item) for item in value]
    if isinstance(value, dict):
        return {key: nfc(item) for key, item in value.items()}
    return value


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
