"""The pages of the repository, and the Python on them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]

PAGES = sorted(
    [
        ROOT / "README.md",
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "examples").rglob("*.md"),
    ]
)


def blocks(page: Path, info: str) -> list[str]:
    """Return the blocks of a page that have `info` after their fence, and run here."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(rf"^```{info}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [block for block in found if not block.startswith("# Needs ")]


def run(blocks: list[str], names: dict) -> dict:
    """Run blocks with `names`, and return all names that there are then."""
    names = dict(names)
    for block in blocks:
        exec(compile(block, block, "exec"), names)
    return names
