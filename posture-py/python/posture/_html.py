"""A result for a notebook: light and dark, without anything from outside, everything escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from posture._text import shown

if TYPE_CHECKING:
    from posture._result import Result

_ROWS = 8
_WIDE = 120
_NUMBERS = {
    "Gain",
    "Gain max",
    "Item count",
    "Lost",
    "At risk",
    "Risk",
    "Score",
    "Score max",
    "Part",
    "Whole",
}

_STYLE = (
    "<style>"
    ".posture{font-family:system-ui,sans-serif;color-scheme:light dark;max-width:52em}"
    ".posture b.score{font-size:2em;font-variant-numeric:tabular-nums;margin-right:.4em}"
    ".posture table{border-collapse:collapse;margin:.6em 0}"
    ".posture th,.posture td{padding:.2em .8em;text-align:left;"
    "border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)}"
    ".posture td.n,.posture th.n{text-align:right;font-variant-numeric:tabular-nums}"
    ".posture .dim{opacity:.7}"
    "</style>"
)


def result_html(result: Result) -> str:
    """Return a result as a piece of HTML."""
    parts = [_STYLE, '<div class="posture">', _head(result)]
    types = [
        (_words(of.type), _number(of.score), _number(of.contribution), f"{of.part} of {of.whole}")
        if of.status == "ok"
        else (_words(of.type), "", "", _words(of.status).lower())
        for of in result.types
    ]
    parts.append(_table(("Risk type", "Score", "Lost", "At risk"), types))
    namespaces = [
        (of.namespace, _number(of.score), _number(of.risk)) for of in result.namespaces[:_ROWS]
    ]
    parts.append(_table(("Namespace", "Score", "Lost"), namespaces, len(result.namespaces)))
    actions = [
        (of.title, _gain(of.gain, of.gain_max), of.severity) for of in result.actions[:_ROWS]
    ]
    parts.append(_table(("Recommended action", "Gain", "Severity"), actions, len(result.actions)))
    warnings = [of.message for of in result.issues if of.severity == "warning"]
    if warnings:
        listed = "".join(f"<li>{escape(message)}</li>" for message in warnings[:_ROWS])
        summary = f"<summary>Warnings: {len(warnings)}</summary>"
        parts.append(f"<details>{summary}<ul>{listed}</ul>{_more(len(warnings))}</details>")
    return "".join([*parts, "</div>"])


def table_html(names: Sequence[str], rows: Iterable[Sequence[Any]], all_: int) -> str:
    """Return the first rows of a table as a piece of HTML."""
    cells = [tuple(_cell(value) for value in row) for row in rows]
    table = _table(tuple(_words(name) for name in names), cells[:_ROWS], all_)
    return f'{_STYLE}<div class="posture">{table or "no rows"}</div>'


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return shown(value) if value >= 0 else f"-{shown(-value)}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S} UTC"
        case tuple() | list():
            return _short("; ".join(_cell(one) for one in value))
        case _:
            return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}…"


def _head(result: Result) -> str:
    score = "no score" if result.score is None else _number(result.score)
    missing = [_words(of.type).lower() for of in result.types if of.status == "not_assessed"]
    said = [] if result.status == "ok" else [_words(result.status).lower()]
    if missing:
        said.append(f"without {', '.join(missing)}")
    if result.at is not None:
        said.append(f"{result.at:%Y-%m-%d %H:%M} UTC")
    return (
        f'<div><b class="score">{escape(score)}</b>Cluster Security Score'
        f'<div class="dim">{escape(" · ".join(said))}</div></div>'
    )


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], all_: int = 0) -> str:
    if not rows:
        return ""

    def cells(tag: str, row: tuple[str, ...]) -> str:
        named = zip(head, row, strict=True)
        return "".join(
            f"<{tag}{' class=n' if name in _NUMBERS else ''}>{escape(cell)}</{tag}>"
            for name, cell in named
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><tr>{cells('th', head)}</tr>{body}</table>{_more(all_)}"


def _more(all_: int) -> str:
    return f'<div class="dim">and {all_ - _ROWS} more</div>' if all_ > _ROWS else ""


def _number(points: float | None) -> str:
    return "" if points is None else shown(points)


def _gain(sure: float, at_best: float) -> str:
    return f"+{shown(sure)}" if sure == at_best else f"+{shown(sure)} to +{shown(at_best)}"


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
