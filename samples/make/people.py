"""Invented people, telephone numbers and citizen numbers; the real districts of Bangkok."""

from __future__ import annotations

from random import Random

DISTRICTS = (
    "พระนคร ดุสิต หนองจอก บางรัก บางเขน บางกะปิ ปทุมวัน ป้อมปราบศัตรูพ่าย พระโขนง มีนบุรี ลาดกระบัง ยานนาวา "
    "สัมพันธวงศ์ พญาไท ธนบุรี บางกอกใหญ่ ห้วยขวาง คลองสาน ตลิ่งชัน บางกอกน้อย บางขุนเทียน ภาษีเจริญ หนองแขม "
    "ราษฎร์บูรณะ บางพลัด ดินแดง บึงกุ่ม สาทร บางซื่อ จตุจักร บางคอแหลม ประเวศ คลองเตย สวนหลวง จอมทอง ดอนเมือง "
    "ราชเทวี ลาดพร้าว วัฒนา บางแค หลักสี่ สายไหม คันนายาว สะพานสูง วังทองหลาง คลองสามวา บางนา ทวีวัฒนา ทุ่งครุ บางบอน"
).split()

SOIS = ("ประชาอุทิศ ๔๕", "สุขสวัสดิ์ 26", "เจริญพัฒนา", "วัดลาดปลาเค้า", "อินทามระ ๒๒", "รามคำแหง 118", "นวมินทร์ 70", "ประชาสงเคราะห์")

TITLES = ("นาย", "นาย", "นาง", "นางสาว", "น.ส.", "ว่าที่ร้อยตรี", "ว่าที่ ร.ต.หญิง ", "ดร.")

FIRST = (
    "กิตติพงศ์ ขวัญฤดี คุณากร จุฑาทิพย์ เฉลิมเกียรติ ชญานิศ ฐิติรัตน์ ณัฐวุฒิ ดวงกมล ตรีเทพ ถิรวัฒน์ ทรงยศ ธัญชนก นฤมล บุษบา "
    "ปรัชญา ปิ่นแก้ว พงษ์ศักดิ์ พิมพ์ลภัส ฟ้าใส ภาณุพงศ์ มณฑิรา ยุพเรศ รัฐภูมิ ฤทัยรัตน์ ลลิตา วีรยุทธ ศิริวรรณ สุนันทา สืบศักดิ์ "
    "หฤทัย อัญชลี อุไรวรรณ เอกลักษณ์ โสภิดา ไพโรจน์ เกศรินทร์ แก้วกาญจน์ ใจเพชร ชูวิทย์ ผกามาศ ฝนทิพย์"
).split()

LAST = (
    "กล้าหาญชัย ขจรเดชกุล คงเจริญสุข จันทร์กระจ่าง ชูเกียรติศิริ ณ บางพลู ดอนแก้ววงศ์ ตั้งจิตสมบูรณ์ ทองเนื้อดี ธารน้ำใส นิลวรรณา "
    "บุญเหลือล้น ประกอบกิจดี พรหมรังสี พูนทวีทรัพย์ ฟุ้งเฟื่องวงศ์ มั่นในธรรม ยิ้มแย้มดี รุ่งเรืองฤทธิ์ ลีลานุกูล วัฒนกุลชัย ศรีสว่างจิต "
    "สุขสำราญใจ หอมหวลพันธุ์ อยู่เย็นพัฒนา เอื้อเฟื้อวงษ์ แซ่ตั้ง โพธิ์ทองคำ ผิวผ่องศรี ฝั่งชลธาร ฤกษ์งามดี เกื้อกูลสกุล"
).replace("ณ บางพลู", "ณ\u00a0บางพลู").split(" ")

POSITIONS = (
    "นักวิชาการศึกษาชำนาญการ",
    "หัวหน้าฝ่ายการศึกษา",
    "นักพัฒนาสังคมปฏิบัติการ",
    "นักวิชาการสุขาภิบาลชำนาญการ",
    "เจ้าพนักงานธุรการชำนาญงาน",
    "หัวหน้าฝ่ายพัฒนาชุมชนและสวัสดิการสังคม",
    "นายช่างโยธาอาวุโส",
    "เจ้าพนักงานเทศกิจปฏิบัติงาน",
    "ผู้ช่วยผู้อำนวยการเขต",
    "นักจัดการงานทั่วไปชำนาญการพิเศษ",
)

_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def thai_digits(text: str) -> str:
    """`text` with Arabic digits as Thai ones."""
    return text.translate(_THAI)


def person(rng: Random) -> str:
    """An invented name with a title: นายกิตติพงศ์ ทองเนื้อดี."""
    return f"{rng.choice(TITLES)}{rng.choice(FIRST)} {rng.choice(LAST)}".replace("\u00a0", " ")


def phone(rng: Random) -> str:
    """An invented telephone number as officials print it; area and prefix are never those of a real exchange."""
    kind = rng.randrange(7)
    tail = f"{rng.randrange(1000, 9999)}"
    if kind <= 1:
        return tail
    if kind == 2:
        return f"0 2000 {tail}"
    if kind == 3:
        return f"0-2000-{tail} ต่อ {rng.randrange(1000, 9999)}"
    if kind == 4:
        return f"02 000 {tail} ต่อ {rng.randrange(10, 99)}-{rng.randrange(10, 99)}"
    if kind == 5:
        return f"080-000-{tail}"
    return thai_digits(f"0 2000 {tail} ต่อ {rng.randrange(1000, 9999)}")


def citizen_id(rng: Random) -> str:
    """An invented citizen number in print, with its check digit (mod 11, Department of Provincial Administration).

    It begins with 0, which no citizen's number does, so that it can belong to nobody.
    """
    digits = [0, *(rng.randrange(10) for _ in range(11))]
    check = (11 - sum(d * (13 - i) for i, d in enumerate(digits)) % 11) % 10
    s = "".join(map(str, [*digits, check]))
    return f"{s[0]}-{s[1:5]}-{s[5:10]}-{s[10:12]}-{s[12]}"
