"""What the simulated archive holds: invented texts and records, each told from its number."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from typing import Any

TEXT_BYTES = 2000

_KINDS = ["โครงการ", "โครงการจ้าง", "โครงการปรับปรุง", "โครงการก่อสร้าง", "โครงการส่งเสริม", "กิจกรรม"]
_THINGS = [
    "อาคารเรียน",
    "ถนนและทางเท้า",
    "ระบบระบายน้ำ",
    "ห้องสมุด",
    "ศูนย์เด็กเล็ก",
    "สวนสาธารณะ",
    "ไฟฟ้าแสงสว่าง",
    "ตลาดชุมชน",
    "คอมพิวเตอร์",
    "Tablet",
    "สะพานข้ามคลอง",
    "เครื่องสูบน้ำ",
    "การจัดการขยะ",
    "สุขภาพผู้สูงอายุ",
]
DISTRICTS = [
    "พระนคร",
    "ดุสิต",
    "บางรัก",
    "บางเขน",
    "บางกะปิ",
    "ปทุมวัน",
    "มีนบุรี",
    "ธนบุรี",
    "จตุจักร",
    "จอมทอง",
    "บางนา",
    "สาทร",
    "วัฒนา",
    "บางแค",
]
_LETTERS = "กขคงจชซดตถทธนบปผพฟมยรลวสหอ"
_SOUNDS = ("", "า", "ิ", "ี", "ุ", "ู", "่า", "้อ")


def digest(*what: Any) -> str:
    """A SHA-256 of its own for everything."""
    return hashlib.sha256(repr(what).encode()).hexdigest()


def text_of(number: int, page: int) -> bytes:
    """As many bytes as a kept text of a short page has; they cannot be packed any smaller."""
    return random.Random(number * 1000 + page).randbytes(TEXT_BYTES)  # noqa: S311 (no secret)


def record_of(number: int, pages: int) -> Mapping[str, Any]:
    """A small record as the record contract writes it; one in five is for review."""
    chance = random.Random(number)  # noqa: S311 (no secret)
    name = "".join(chance.choice(_LETTERS) + chance.choice(_SOUNDS) for _ in range(5))
    district = chance.choice(DISTRICTS)
    values: dict[str, Any] = {
        "title": f"{chance.choice(_KINDS)}{chance.choice(_THINGS)} {name} เขต{district}",
        "code": f"{chance.randrange(10**8):08}-{chance.randrange(10**4):04}",
        "office": f"สำนักงานเขต{district}",
        "year": chance.randrange(2560, 2571),
        "budget": chance.randrange(10**7),
        "used": chance.randrange(10**7),
        "rows": [{"number": n + 1, "amount": chance.randrange(10**6)} for n in range(3)],
    }
    leaves = [(path, value) for path, value in values.items() if path != "rows"]
    leaves += [(f"rows[{n}].{name}", row[name]) for n, row in enumerate(values["rows"]) for name in row]
    doubtful = number % 5 == 0
    fields = [
        {
            "path": path,
            "value": value,
            "raw": str(value),
            "text": str(value),
            "confidence": 0.62 if doubtful and position == 4 else 0.998,
            "status": "review" if doubtful and position == 4 else "accepted",
            "page": 1 + position % pages,
            "box": [300, 400 + 60 * position, 1200, 450 + 60 * position],
            "changes": [],
            "problems": [],
            "alternatives": [],
        }
        for position, (path, value) in enumerate(leaves)
    ]
    return {
        "form": "simulated",
        "form_version": "1",
        "pages": list(range(1, pages + 1)),
        "record": 1,
        "status": "review" if doubtful else "accepted",
        "values": values,
        "fields": fields,
    }
