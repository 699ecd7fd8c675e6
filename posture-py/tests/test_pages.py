"""The Python of every page works as it stands: `README.md`, `docs/` and `examples/`.

The blocks of a page run one after the other in one folder and with one set of names, those of
`NAMES` among them. A block with a second word after `python` needs names of its own, and has a test
of its own. One that begins with `# Needs` is not run here; `posture-cli/tests/pages` counts these.
"""

import re
import shutil
from pathlib import Path

import posture
import pyarrow.parquet as pq
import pytest
from common import POD, REQUEST, ROWS, table
from pages import PAGES, ROOT, blocks, run

TINY = ROOT / "examples" / "clusters" / "tiny"
ENGINE = posture.Engine(POD, request=REQUEST)
NAMES = {"flows": table(), "received": ENGINE.tally(table()).to_bytes()}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder that has the files of the reader."""
    for name, origin in [("dump", TINY), ("scans", TINY / "scans"), ("dumps/west", TINY)]:
        shutil.copytree(origin, tmp_path / name)
    shutil.copy(TINY / "objects.yaml", tmp_path / "objects.json")
    (tmp_path / "staged.yaml").write_text(posture.recommend(TINY).yaml, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def test_there_are_blocks() -> None:
    assert sum(len(blocks(page, "python")) for page in PAGES) >= 5


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=str)
def test_a_page_works(page: Path) -> None:
    run(blocks(page, "python"), NAMES)


def test_every_kind_of_block_has_a_test() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert set(re.findall(r"^```python +(.*)$", text, re.MULTILINE)) == {"dask", "spark"}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_what_is_not_run_is_python_all_the_same(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"^```python\b.*?\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        compile(block, str(page), "exec")


def test_dask_gives_the_local_tally(tmp_path: Path) -> None:
    paths = []
    for number, row in enumerate(ROWS):
        paths.append(str(tmp_path / f"{number}.parquet"))
        pq.write_table(table([row]), paths[-1])
    [block] = blocks(ROOT / "docs" / "python.md", "python dask")
    assert run([block], {"engine": ENGINE, "paths": paths})["tally"] == ENGINE.tally(table())
