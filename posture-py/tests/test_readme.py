"""The README's Python example works as it stands."""

from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def test_the_example_of_the_readme() -> None:
    _, rest = README.read_text(encoding="utf-8").split("```python\n")
    example, _ = rest.split("```", maxsplit=1)
    exec(compile(example, str(README), "exec"), {})
