"""The notebooks work as they stand."""

from pathlib import Path

import jupytext
import nbclient
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "examples" / "notebook").glob("*.py"))


def test_there_is_a_notebook() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_its_pictures(path: Path) -> None:
    notebook = jupytext.read(path)
    drawn = [cell.source.splitlines()[-1].startswith("posture.plot.") for cell in notebook.cells]
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    )
    client.execute()
    for cell, is_plot in zip(notebook.cells, drawn, strict=True):
        shown = {kind for output in cell.get("outputs", []) for kind in output.get("data", {})}
        assert ("image/png" in shown) == is_plot
    assert any(drawn)
