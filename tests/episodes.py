"""A made-up episode as values: visits with range of motion, pain and mobilizations."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from ptnotes.domain.treatment import (
    Mobilization,
    PainKind,
    PainScore,
    Phase,
    RomReading,
    Side,
    TreatmentSession,
)

FIRST = date(2025, 10, 6)


def flexion(
    value: int | str | None,
    phase: Phase = Phase.BEFORE,
    *,
    method: str = "inclinometer_dual",
    word: str | None = None,
) -> RomReading:
    number = None if value is None else Decimal(value)
    row = 1 if phase is Phase.BEFORE else 2
    return RomReading(
        row=row, pair=1, motion="lumbar_flexion", value=number, word=word, phase=phase, method=method, rater=1
    )


def side_bending(value: int, side: Side) -> RomReading:
    row = 3 if side is Side.LEFT else 4
    return RomReading(
        row=row,
        pair=row,
        motion="lumbar_lateral_flexion",
        side=side,
        value=Decimal(value),
        method="inclinometer_dual",
        rater=1,
    )


def pain(before: int, after: int | None = None, worst: int | None = None) -> tuple[PainScore, ...]:
    scores = [PainScore(row=5, pair=5, value=before)]
    if after is not None:
        scores.append(PainScore(row=6, pair=5, phase=Phase.AFTER, value=after))
    if worst is not None:
        scores.append(PainScore(row=7, pair=7, kind=PainKind.WORST, value=worst))
    return tuple(scores)


def mobilization(target: str, grade: str, *, side: Side = Side.MIDLINE, row: int = 8) -> Mobilization:
    technique = "cpa" if side is Side.MIDLINE else "upa"
    return Mobilization(
        row=row,
        targets=(target,),
        side=side,
        technique=technique,
        grade_system="maitland",
        grade=grade,
        sets=3,
        duration_s=30,
        position="prone",
    )


def visit(
    number: int,
    rom: Sequence[RomReading] = (),
    scores: Sequence[PainScore] = (),
    done: Sequence[Mobilization] = (),
    *,
    episode_id: int = 1,
    on: date | None = None,
) -> TreatmentSession:
    return TreatmentSession(
        id=number,
        episode_id=episode_id,
        service_date=on or FIRST + timedelta(days=3 * (number - 1)),
        rom=tuple(rom),
        pain=tuple(scores),
        mobilizations=tuple(done),
        next_row=10,
    )


def course(visits: int, *, every_days: int = 3) -> list[TreatmentSession]:
    """So many visits at which flexion grows from 42° to 55° and the worst pain falls from 9 to 6."""
    last = max(visits - 1, 1)
    return [
        visit(
            place + 1,
            [
                flexion(42 + 13 * place // last),
                flexion(45 + 13 * place // last, Phase.AFTER),
                side_bending(15 + 4 * place // last, Side.LEFT),
                side_bending(15, Side.RIGHT),
            ],
            pain(8 - 2 * place // last, 6 - 2 * place // last, 9 - 3 * place // last),
            [mobilization("L4", "III"), mobilization("L5", "II", side=Side.LEFT, row=9)],
            on=FIRST + timedelta(days=every_days * place),
        )
        for place in range(visits)
    ]
