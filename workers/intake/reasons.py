"""Why a file was not taken, for the person who put it there: in Thai, then in English, without names of programs."""

from __future__ import annotations

from ocr.errors import SamnaoError
from workers.intake.door import clean_name

_THAI = {
    "unsupported_file": "ไฟล์นี้ไม่ใช่ภาพสแกนหรือ PDF ที่อ่านได้ โปรดสแกนหรือบันทึกใหม่เป็น PDF, TIFF, JPEG หรือ PNG แล้ววางอีกครั้ง",
    "empty_file": "ไฟล์นี้ว่างเปล่า โปรดสแกนหรือคัดลอกใหม่ แล้ววางอีกครั้ง",
    "damaged_file": "ไฟล์นี้เสียหายหรือคัดลอกมาไม่ครบ โปรดสแกนหรือคัดลอกใหม่ แล้ววางอีกครั้ง",
    "encrypted_file": "ไฟล์ PDF นี้มีรหัสผ่าน โปรดบันทึกใหม่โดยไม่ใส่รหัสผ่าน แล้ววางอีกครั้ง",
    "too_large": "ไฟล์นี้ใหญ่เกินกำหนด หรือมีหน้ามากเกินกำหนด โปรดแบ่งเป็นหลายไฟล์ หรือสแกนที่ 300 dpi แล้ววางอีกครั้ง",
    "changed_while_reading": "ไฟล์นี้ถูกแก้ไขขณะกำลังอ่าน โปรดรอให้คัดลอกเสร็จ แล้ววางอีกครั้ง",
}
_ANY = "รับไฟล์นี้ไม่ได้ โปรดตรวจสอบไฟล์ หรือสแกนใหม่ แล้ววางอีกครั้ง"


def reason_text(files: list[tuple[str, SamnaoError]]) -> str:
    """The text of a reason file: for each name what is wrong and what to do. Lines end as Windows wants them."""
    lines: list[str] = []
    for name, error in files:
        lines += [clean_name(name), f"  {_THAI.get(error.code, _ANY)}", f"  {error}", f"  ({error.code})", ""]
    return "\r\n".join(lines)
