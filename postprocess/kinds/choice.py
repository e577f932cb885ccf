"""A value from a closed list: the clear winner by similarity, or a question for a person."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from postprocess.kinds.parsed import NOTHING_PRINTED, Parsed, is_blank, problem
from postprocess.thai import normalize
from postprocess.types import Change

CLEAR_WINNERS = ((78.0, 4.0), (68.0, 8.0))
"""A choice wins from this RapidFuzz ratio (0–100) on, if it lies so many points before the next choice."""

SURE = 84.0
"""Under this ratio the winner was wrong in half of the cases (4 of 8), above it in none of 68."""

_MISREAD = problem(
    "choice_misread", "อ่านได้ไม่ตรงกับตัวเลือกใด", "what was read is not quite any value this field can have"
)

_BEGINNING = 0.55
"""The strength of a choice that another one begins with: it may be that one, its end not read."""
_EDGES = " .…_:;,|'\"=*"


def choice(raw: str, vocabulary: Sequence[str], open_ended: bool = False) -> Parsed:
    """One of `vocabulary`, spelled as there. Blanks do not count in the comparison.

    A value that is near none, or near two, keeps its print and gets a problem (none where the list is
    `open_ended`). ``ไม่`` is never lost or added by similarity: a negated choice is another choice.
    """
    text = normalize(raw).strip(_EDGES)
    if is_blank(text):
        return NOTHING_PRINTED
    bare = text.replace(" ", "")
    squeezed = {normalize(entry).replace(" ", ""): entry for entry in vocabulary}
    if bare in squeezed:
        goes_on = any(entry != bare and entry.startswith(bare) for entry in squeezed)
        return Parsed(squeezed[bare], squeezed[bare], strength=_BEGINNING if goes_on else 1.0)
    ranked = process.extract(bare, list(squeezed), scorer=fuzz.ratio, limit=2)
    if ranked:
        entry, best = ranked[0][0], ranked[0][1]
        second = ranked[1][1] if len(ranked) > 1 else 0.0
        clear = any(best >= least and best - second >= margin for least, margin in CLEAR_WINNERS)
        if clear and _same_sense(bare, entry):
            winner = squeezed[entry]
            problems = () if best >= SURE else (_MISREAD,)
            return Parsed(
                winner, winner, (Change("vocabulary", text, winner),), problems, round(0.95 * best / 100, 3)
            )
        if open_ended and best >= CLEAR_WINNERS[0][0]:
            # near two of them: one of the two misread, not something else
            return Parsed(text, text, (), (_MISREAD,), 0.3)
    if open_ended:
        return Parsed(text, text, strength=0.5)
    return Parsed(
        text,
        text,
        problems=(
            problem("choice_unknown", "ไม่อยู่ในรายการที่กำหนด", "not among the values this field can have"),
        ),
        strength=0.1,
    )


def _same_sense(read: str, entry: str) -> bool:
    return read.startswith(("ไม่", "ไม", "มิ")) == entry.startswith(("ไม่", "มิ"))
