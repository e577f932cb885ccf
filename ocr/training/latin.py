"""Latin text as it stands in Thai office paper: words, names, acronyms, addresses, and letters in any order."""

from __future__ import annotations

import random
import string

from .counts import Choice

ACRONYMS = (
    "AI", "IT", "ICT", "IoT", "PDF", "QR Code", "QR", "GPS", "GIS", "CCTV", "LED", "LCD", "KPI", "OKR", "SDGs", "SDG", "COVID-19",
    "Covid-19", "PM 2.5", "PM2.5", "ISO 9001:2015", "ISO 27001", "HACCP", "GMP", "TOR", "MOU", "BOQ", "PDCA", "SWOT",
    "AEC", "ASEAN", "UN", "UNESCO", "WHO", "OECD", "APEC", "Ph.D.", "M.D.", "B.A.", "Co., Ltd.", "e-GP", "e-bidding",
    "e-Service", "e-mail", "E-mail", "Email", "Line", "LINE ID", "Facebook", "YouTube", "Zoom", "Google Form", "Website", "Online",
    "online", "On-site", "Onsite", "Smart City", "Best Practice", "Workshop", "Update", "Software", "Hardware", "Server",
    "Windows 11", "Microsoft Excel", "Word", "PowerPoint", "USB", "RAM", "GB", "MB", "TB", "MHz", "GHz", "kWh", "kW", "HP", "BTU",
    "A4", "A3", "B5", "No.", "Vol.", "pp.", "vs", "etc.", "i.e.", "e.g.", "Output", "Outcome", "Input", "Process", "Impact",
    "Active Learning", "STEM", "PISA", "O-NET", "GPA", "GAT/PAT", "English", "Bangkok", "Thailand", "BMA", "MRT", "BTS", "NGO",
    "CSR", "R&D", "Q&A", "Coaching", "Mentor", "Model", "Plan", "Do", "Check", "Act", "Full HD", "VAT", "P.O. Box", "a.m.", "p.m.",
)  # fmt: skip
_CONSONANTS, _VOWELS = "bcdfghjklmnpqrstvwxyz", "aeiou"


def _pseudo_word(rng: random.Random) -> str:
    return "".join(
        rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(rng.randint(1, 3))
    ) + rng.choice(("", rng.choice(_CONSONANTS)))


def _letters(rng: random.Random) -> str:
    alphabet = rng.choice((string.ascii_letters, string.ascii_uppercase, string.ascii_lowercase))
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(1, 8)))


def _cased(rng: random.Random, word: str) -> str:
    return rng.choices((word, word.capitalize(), word.upper(), word.lower()), (35, 30, 15, 20))[0]


def _address(rng: random.Random, words: Choice) -> str:
    host = f"{words.draw(rng).lower().replace(chr(39), '')}.{rng.choice(('com', 'co.th', 'go.th', 'or.th', 'ac.th', 'org', 'net'))}"
    name = words.draw(rng).lower().replace("'", "")
    return rng.choice(
        (
            f"{name}{rng.choice(('', '.', '_'))}{rng.randint(1, 99)}@{host}", f"{name}@{host}", f"www.{host}",
            f"https://{host}/{name}", f"http://www.{host}/{name}?id={rng.randint(1, 999)}", f"@{name}{rng.randint(1, 999)}",
        )
    )  # fmt: skip


def latin(rng: random.Random, words: Choice) -> str:
    """One to five Latin words, an acronym, an address, a code with letters, or letters in any order."""
    kind = rng.choices(range(8), (34, 20, 8, 10, 8, 8, 4, 8))[0]
    if kind == 0:
        count = rng.choices((1, 2, 3, 5, 7), (35, 30, 20, 10, 5))[0]
        return " ".join(_cased(rng, words.draw(rng)) for _ in range(count))
    if kind == 1:
        return rng.choice(ACRONYMS)
    if kind == 2:
        return "".join(rng.choice(string.ascii_uppercase) for _ in range(rng.randint(2, 5)))
    if kind == 3:
        return _letters(rng)
    if kind == 4:
        return _address(rng, words)
    if kind == 5:
        return _cased(rng, _pseudo_word(rng))
    if kind == 6:
        return f"{rng.choice(string.ascii_uppercase)}. {words.draw(rng).capitalize()}"
    head = "".join(rng.choice(string.ascii_uppercase) for _ in range(rng.randint(1, 3)))
    return f"{head}{rng.choice(('', '-', ' ', '/', '_'))}{rng.randint(0, 99999)}{rng.choice(('', 'a', 'B', '-X'))}"
