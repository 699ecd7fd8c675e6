"""Numbers and names as people read them: the same words as the command line's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from posture import RiskType
    from posture._result import RiskTypeName

Item = TypeVar("Item")

NAMES: dict[RiskTypeName, str] = {
    "high_risk_images": "High-risk images",
    "unscanned_images": "Unscanned images",
    "egress_access": "Egress access",
    "namespace_isolation": "Namespace isolation",
}

SHORT: dict[RiskTypeName, str] = {
    "high_risk_images": "High-risk",
    "unscanned_images": "Unscanned",
    "egress_access": "Egress",
    "namespace_isolation": "Isolation",
}

HUNDREDTH = 10_000_000
"""Units of points in a hundredth of a point."""


def units(points: float) -> int:
    """Return points in their integer units of 10⁻⁹, which a float holds exactly enough."""
    return round(points * 100 * HUNDREDTH)


def decimal(points: float) -> str:
    """One decimal, or two below a tenth, rounded half up; never `0` for something.

    >>> [decimal(points) for points in (0, 0.000000001, 0.04, 3.25, -3.25, 100)]
    ['0', '<0.01', '0.04', '3.3', '−3.3', '100.0']
    """
    sign = "−" if points < 0 else ""
    return sign + _magnitude(abs(units(points)))


def lost(points: float) -> str:
    """Points that are lost, with their sign.

    >>> lost(12.5), lost(0)
    ('−12.5', '0')
    """
    return decimal(-points) if points > 0 else decimal(points)


def loss(of: RiskType) -> str:
    """Write what a type loses, if it says anything."""
    if of.status == "not_assessed":
        return "not assessed"
    if of.status == "not_applicable":
        return "–"
    return lost(of.contribution)


def unknown(types: Collection[RiskType]) -> float:
    """Return the points of the score that nobody looked at: the weight of unassessed types."""
    in_all = sum(of.weight for of in types)
    return sum(100 * of.weight / in_all for of in types if of.status == "not_assessed")


def signed(points: float) -> str:
    """Write a difference, with its sign.

    >>> signed(1.2), signed(-0.04), signed(0)
    ('+1.2', '−0.04', '±0')
    """
    sign = "+" if points > 0 else "" if points < 0 else "±"
    return sign + decimal(points)


def whole(score: float | None) -> str:
    """Write a score: half up to an integer, never 100 with risk, never 0 with some score.

    >>> [whole(score) for score in (72.5, 99.999, 100, 0.2, 0, None)]
    ['73', '99', '100', '1', '0', '–']
    """
    if score is None:
        return "–"
    of, unit = units(score), 100 * HUNDREDTH
    rounded = (of + unit // 2) // unit
    if rounded == 100 and of < 100 * unit:
        rounded = 99
    if rounded == 0 and of > 0:
        rounded = 1
    return str(rounded)


def span(least: float, most: float) -> str:
    """Write a score of which the outcome of scans is open.

    >>> span(97.9, 97.9), span(97.9, 100)
    ('97.9', '97.9 to 100.0')
    """
    low, high = decimal(least), decimal(most)
    return low if low == high else f"{low} to {high}"


def cut(name: str, width: int) -> str:
    """Cut a long name in the middle.

    >>> cut("payments", 9), cut("payments-of-the-north-prod", 13)
    ('payments', 'paymen…h-prod')
    """
    if len(name) <= width:
        return name
    kept = width - 1
    return f"{name[: kept - kept // 2]}…{name[len(name) - kept // 2 :]}"


def action(name: str, width: int) -> str:
    """Cut the namespace of a long name of an action.

    >>> action("isolate-namespace/payments-of-the-north-prod", 31)
    'isolate-namespace/paymen…h-prod'
    """
    kind, _, namespace = name.partition("/")
    return f"{kind}/{cut(namespace, width - len(kind) - 1)}"


def parted(items: Sequence[Item], top: int) -> tuple[Sequence[Item], Sequence[Item]]:
    """Part what is shown from what is summed up, which is never a single one: that fits as well.

    >>> parted("abcde", 3), parted("abcd", 3)
    (('abc', 'de'), ('abcd', ''))
    """
    shown = top + 1 if len(items) == top + 1 else top
    return items[:shown], items[shown:]


def _magnitude(units: int) -> str:
    hundredths = (units + HUNDREDTH // 2) // HUNDREDTH
    if units == 0:
        return "0"
    if hundredths == 0:
        return "<0.01"
    if hundredths < 10:
        return f"0.{hundredths:02}"
    tenths = (units + 5 * HUNDREDTH) // (10 * HUNDREDTH)
    return f"{tenths // 10}.{tenths % 10}"
