"""What the documentation and the notebook show works as it stands."""

from pathlib import Path

import jupytext
import nbclient
import posture
import pyarrow.parquet as pq
import pytest
from common import POD, REQUEST, ROWS, table

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "examples" / "notebook").glob("*.py"))


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


def test_the_example_for_dask_gives_the_local_tally(tmp_path: Path) -> None:
    paths = []
    for number, row in enumerate(ROWS):
        paths.append(str(tmp_path / f"{number}.parquet"))
        pq.write_table(table([row]), paths[-1])
    engine = posture.Engine(POD, request=REQUEST)
    names = {"engine": engine, "paths": paths}
    _, rest = (ROOT / "docs" / "python.md").read_text(encoding="utf-8").split("```python dask\n")
    exec(rest.split("```", maxsplit=1)[0], names)
    assert names["tally"] == engine.tally(table())
