"""Records for tests of the export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from postprocess.forms import Form, load_form
from workers.store.records import RecordView

REPAIR = Path("samples/forms/school-repair.toml")


def repair_form() -> Form:
    return load_form(REPAIR)


def view(number: int, values: dict[str, Any], form: str = "school-repair", **more: Any) -> RecordView:
    given: dict[str, Any] = {
        "id": number,
        "document_id": number,
        "sha256": f"{number:064x}",
        "source": f"สแกน {number}.pdf",
        "number": 1,
        "form": form,
        "form_version": "v1",
        "pages": (1, 2),
        "status": "review",
        "values": values,
        "title": None,
        "code": None,
        "office": None,
        "year": None,
        "doubtful": 2,
        "worth": 0.5,
        "version": 1,
        "claimed_by": None,
        "claimed_until": None,
        "at": 1_700_000_000.0,
        "settled": None,
        "rows_by_hand": (),
    }
    return RecordView(**(given | more))


def repair_values(text: str = "หลังคารั่ว") -> dict[str, Any]:
    return {
        "school": text,
        "district": "ตลิ่งชัน",
        "request_date": "2023-11-26",
        "phone": "020000001",
        "requester_name": None,
        "requester_position": "ครู",
        "citizen_id": "0635014082976",
        "repair_types": ["ไฟฟ้า", "ประปา"],
        "urgency": "ปกติ",
        "items": [
            {"number": 1, "item": text, "quantity": 2, "unit_price": 1250.75, "amount": 2501.5},
            {"number": 2, "item": "ประตู", "quantity": None, "unit_price": None, "amount": 300},
        ],
        "total": 2801.5,
        "reason": [text, "ฝ้าทรุด"],
        "certification": {"signed": True, "signer_name": None, "signer_position": None},
    }
