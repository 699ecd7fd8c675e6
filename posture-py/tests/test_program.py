"""A program that uses all that is public has its types, and runs."""

import ast
import dataclasses
import shutil
import typing
from pathlib import Path

import posture
import posture.plot
import posture.spark
import program
import pytest
from common import table
from mypy import api

TINY = Path(__file__).parents[2] / "examples" / "clusters" / "tiny"
MODULES = [posture, posture.plot, posture.spark]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_program_uses_all_that_is_public(module: typing.Any) -> None:
    tree = ast.parse(Path(program.__file__).read_text(encoding="utf-8"))
    used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    used |= {f"{of.module}.{name.name}" for of in imports for name in of.names}
    missing = [name for name in module.__all__ if f"{module.__name__}.{name}" not in used]
    assert missing == []


def test_the_program_has_its_types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a user: the package as it is installed, and no settings but `--strict`."""
    shutil.copy(program.__file__, tmp_path / "program.py")
    monkeypatch.chdir(tmp_path)
    said, fault, code = api.run(["--strict", "--config-file=", "program.py"])
    assert (said, fault, code) == ("Success: no issues found in 1 source file\n", "", 0)


def test_the_program_runs(tmp_path: Path) -> None:
    told = program.main(TINY, table(), tmp_path)
    assert told[0].startswith("ok ")
    assert told[-1].startswith(f"`{tmp_path / 'none'}` does not exist")


def test_types_of_public_values_are_public() -> None:
    for name in posture.__all__:
        of = getattr(posture, name)
        if dataclasses.is_dataclass(of):
            for hint in typing.get_type_hints(of).values():
                assert {kind.__name__ for kind in own(hint)} <= set(posture.__all__), name


def own(hint: object) -> set[type]:
    """Return the classes of the package in a type."""
    found = set().union(*(own(part) for part in typing.get_args(hint)))
    is_own = isinstance(hint, type) and hint.__module__.startswith("posture")
    return found | ({hint} if is_own else set())
