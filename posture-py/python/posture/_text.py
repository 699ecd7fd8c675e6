"""Numbers as people read them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def shown(points: float) -> str:
    """Return points with one digit: never 0 where there are some, never 100 where some are lost.

    >>> [shown(points) for points in (0, 0.001, 6.25, 99.98, 100)]
    ['0.0', '0.001', '6.3', '99.9', '100.0']
    """
    if 0 < points < 0.05:
        return f"{Decimal(f'{points:.1g}'):f}"
    if 99.95 <= points < 100:
        return "99.9"
    return f"{Decimal(str(points)).quantize(Decimal('0.1'), ROUND_HALF_UP)}"


def counted(count: int, of: str) -> str:
    """Return a number of things.

    >>> counted(1, "warning"), counted(1200, "edge"), counted(0, "policy")
    ('1 warning', '1,200 edges', '0 policies')
    """
    many = f"{of[:-1]}ies" if of.endswith("y") else f"{of}s"
    return f"{count:,} {of if count == 1 else many}"
