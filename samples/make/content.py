"""Invents projects and their progress reports: the values of a record, the same for the same seed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from samples.make import people
from samples.make.stock import SUBJECTS, general
from samples.make.stock.types import Subject

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Expense:
    """One item of a report's spending, `satang` in hundredths of a baht."""

    item: str
    satang: int


@dataclass(frozen=True, slots=True)
class Report:
    """One progress report; None stands for what was left blank. `percent` in hundredths."""

    number: int
    day: date
    activity: str
    percent: int | None
    disbursed: int | None
    plan_status: str | None
    target_status: str | None
    expenses: tuple[Expense, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """One filled form. Money in satang, fiscal year in the Buddhist era, days in the common era."""

    name: str
    code: str
    fiscal_year: int
    start: date | None
    end: date | None
    received: int | None
    used: int | None
    agency: tuple[str, ...]
    responsible: str | None
    coordinator: str | None
    phone: str | None
    rationale: tuple[str, ...]
    objectives: tuple[str, ...]
    quantity: tuple[str, ...]
    quality: tuple[str, ...]
    issue: str | None
    sub_issue: str | None
    goal: str | None
    indicator: str | None
    reports: tuple[Report, ...]
    signed: bool = False
    signer: str | None = None
    position: str | None = None


def invent(rng: Random, subjects: Sequence[Subject] = SUBJECTS, reports: int | None = None) -> Project:
    """A project of one of `subjects` with `reports` progress reports (default: 0 to 12)."""
    subject = rng.choice(subjects)
    year = rng.choice((2564, 2565, 2566, 2566, 2567, 2568))
    district = rng.choice(people.DISTRICTS)
    fill = _Filler(rng, subject, district, year)
    name = fill(rng.choice(subject.titles))
    if rng.random() < 0.15:
        name = f"{name} ({fill(rng.choice(('ระยะที่ {d}', 'กิจกรรมที่ {d}', 'งบกลาง', 'ต่อเนื่องจากปี {lastyear}')))})"
    received, used = _budget(rng)
    start, end = _period(rng, year)
    issue, sub_issue, goal, indicator = (_blank(rng, text, 0.04) for text in _strategy(rng, fill))
    return Project(
        name=name,
        code=f"50{rng.randrange(10, 99)}{rng.choice(('0000', '0100', '2000', '1300'))}-{rng.randrange(1000, 9999)}",
        fiscal_year=year,
        start=_blank(rng, start, 0.03),
        end=_blank(rng, end, 0.04),
        received=received,
        used=_blank(rng, used, 0.04),
        agency=_agency(rng, subject, district),
        responsible=_blank(rng, subject.office if rng.random() < 0.6 else people.person(rng), 0.06),
        coordinator=(coordinator := _blank(rng, people.person(rng), 0.08)),
        phone=people.phone(rng) if coordinator and rng.random() < 0.9 else None,
        rationale=_rationale(rng, subject, fill),
        objectives=_some(rng, (*subject.objectives, *general.SHARED_OBJECTIVES), 1, 5, fill, 0.03),
        quantity=_some(rng, subject.quantity, 1, 3, fill, 0.05),
        quality=_some(rng, subject.quality, 1, 3, fill, 0.05),
        issue=issue,
        sub_issue=sub_issue,
        goal=goal,
        indicator=indicator,
        reports=_reports(rng, subject, fill, year, used, reports),
        **_certification(rng),
    )


class _Filler:
    """Fills the slots of a phrase; one project keeps to one habit of digits."""

    def __init__(self, rng: Random, subject: Subject, district: str, year: int) -> None:
        self.rng, self.subject, self.district, self.year = rng, subject, district, year
        self.thai = rng.random() < 0.5

    def __call__(self, phrase: str) -> str:
        text = re.sub(r"{(\w+)}", lambda slot: self._slot(slot[1]), phrase)
        return re.sub(r" +", " ", text)

    def _slot(self, key: str) -> str:
        rng = self.rng
        match key:
            case "district":
                return self.district
            case "office":
                return self.subject.office
            case "month":
                return rng.choice(general.MONTHS)
            case "soi":
                return rng.choice(people.SOIS)
        number = {
            "d": f"{rng.randrange(2, 13)}",
            "n": f"{rng.choice((rng.randrange(15, 100), 5 * rng.randrange(20, 180)))}",
            "k": f"{rng.randrange(1200, 250000):,}",
            "pct": f"{rng.randrange(60, 100)}",
            "dec": f"{rng.randrange(100, 4000) / 100:.2f}",
            "sem": f"{rng.randrange(1, 3)}",
            "year": f"{self.year}",
            "lastyear": f"{self.year - 1}",
        }[key]
        thai = self.thai if rng.random() < 0.85 else not self.thai
        return people.thai_digits(number) if thai else number


def _blank(rng: Random, value: T, chance: float) -> T | None:
    return None if rng.random() < chance else value


def _some(
    rng: Random, phrases: Sequence[str], low: int, high: int, fill: _Filler, none: float
) -> tuple[str, ...]:
    if rng.random() < none:
        return ()
    count = min(rng.randint(low, high), len(phrases))
    return tuple(fill(phrase) for phrase in rng.sample(phrases, count))


def _budget(rng: Random) -> tuple[int, int]:
    scale = rng.choice((1, 10, 10, 100, 1000))
    received = rng.randrange(5_000, 99_999) * scale // 100 * 100
    share = rng.choice((0.0, 1.0, 1.0, rng.uniform(0.3, 1), rng.uniform(0.6, 1)))
    used = int(received * share) * 100
    if rng.random() < 0.7:
        used = used // 10000 * 10000
    elif rng.random() < 0.4:
        used = max(0, used - rng.choice((25, 50, 75, 37)))
    return received * 100, used


def _period(rng: Random, year: int) -> tuple[date, date]:
    first, last = date(year - 544, 10, 1), date(year - 543, 9, 30)
    if rng.random() < 0.6:
        return first, last
    start = first + timedelta(days=rng.randrange(0, 180))
    return start, min(last, start + timedelta(days=rng.randrange(60, 365)))


def _agency(rng: Random, subject: Subject, district: str) -> tuple[str, ...]:
    unit = f"สำนักงานเขต{district}"
    return rng.choice(
        (
            (unit, subject.office, subject.office),
            (unit, subject.office, subject.office),
            (unit, subject.office),
            (unit, subject.office, "งาน" + subject.office.removeprefix("ฝ่าย")),
            (unit,),
        )
    )


def _strategy(rng: Random, fill: _Filler) -> tuple[str, str, str, str]:
    if rng.random() < 0.5:
        routine = general.ROUTINE
        return routine, routine, routine, fill(rng.choice(general.ROUTINE_INDICATORS))
    issue, sub_issue, goal, indicator = rng.choice(general.STRATEGIES)
    return fill(issue), fill(sub_issue), fill(goal), fill(indicator)


def _rationale(rng: Random, subject: Subject, fill: _Filler) -> tuple[str, ...]:
    middle = rng.sample(subject.rationale, rng.randint(2, len(subject.rationale)))
    links = rng.sample(general.CONNECTIONS, rng.randint(1, 4))
    sentences = [*middle, *links]
    rng.shuffle(sentences)
    sentences = [rng.choice(general.OPENINGS), *sentences, rng.choice(general.CLOSINGS)]
    paragraphs: list[str] = []
    while sentences:
        take = rng.choice((1, 2, 2, 3, 4))
        paragraphs.append(" ".join(fill(s) for s in sentences[:take]))
        sentences = sentences[take:]
    if rng.random() < 0.2:
        paragraphs.insert(rng.randrange(len(paragraphs) + 1), fill(rng.choice(general.SHORT_PARAGRAPHS)))
    return tuple(paragraphs)


def _reports(
    rng: Random, subject: Subject, fill: _Filler, year: int, used: int, count: int | None
) -> tuple[Report, ...]:
    if count is None:
        count = rng.choice((0, 1, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 10, 12))
    if not count:
        return ()
    first = date(year - 544, 10, 5)
    days = sorted(rng.sample(range(355), count))
    disbursed = _disbursements(rng, count, used)
    percents = sorted(
        rng.choice((rng.randrange(0, 100) * 100, rng.randrange(0, 20) * 500, rng.randrange(0, 9999)))
        for _ in days
    )
    if rng.random() < 0.7:
        percents[-1] = 10000
    plans = _statuses(rng, general.PLAN_STATUS, count)
    targets = _statuses(rng, general.TARGET_STATUS, count)
    listed = rng.random() < 0.55
    reports = []
    for i, day in enumerate(days):
        pool = general.SHARED_ACTIVITIES if rng.random() < 0.3 else subject.activities
        activity = " ".join(fill(a) for a in rng.sample(pool, rng.choice((1, 1, 1, 2))))
        fresh = disbursed[i] and (i == 0 or disbursed[i - 1] == 0)
        expenses = _expenses(rng, subject, disbursed[i]) if listed and fresh else ()
        reports.append(
            Report(
                i + 1,
                first + timedelta(days=day),
                activity,
                _blank(rng, percents[i], 0.02),
                disbursed[i],
                _blank(rng, plans[i], 0.02),
                _blank(rng, targets[i], 0.02),
                expenses,
            )
        )
    return tuple(reports)


def _disbursements(rng: Random, count: int, used: int) -> list[int]:
    """Nothing until the end, or growing sums up to `used`, or (seldom) parts that add up to it."""
    kind = rng.random()
    if kind < 0.5 or count == 1:
        return [0] * (count - 1) + [used]
    steps = sorted(rng.randrange(0, used // 10000 + 1) * 10000 for _ in range(count - 1))
    if kind < 0.85:
        return [*steps, used]
    ends = [*steps, used]
    return [ends[0], *(b - a for a, b in itertools.pairwise(ends))]


def _statuses(rng: Random, choices: Sequence[str], count: int) -> list[str]:
    usual = rng.random() < 0.5
    return [choices[0] if usual or rng.random() < 0.5 else rng.choice(choices) for _ in range(count)]


def _expenses(rng: Random, subject: Subject, total: int) -> tuple[Expense, ...]:
    items = rng.sample(subject.expenses, rng.randint(2, min(5, len(subject.expenses))))
    unit = 10000 if total % 10000 == 0 and total >= 10000 * len(items) else 100
    parts = total // unit
    if parts < len(items):
        return ()
    cuts = sorted(rng.sample(range(1, parts), len(items) - 1))
    ends = [0, *(c * unit for c in cuts), total]
    return tuple(Expense(item, b - a) for item, a, b in zip(items, ends, ends[1:], strict=False))


def _certification(rng: Random) -> dict[str, Any]:
    signed = rng.random() < 0.6
    named = rng.random() < 0.6
    return {
        "signed": signed,
        "signer": people.person(rng) if named else None,
        "position": rng.choice(people.POSITIONS) if named and rng.random() < 0.8 else None,
    }
