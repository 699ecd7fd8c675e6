"""Every plot draws for every shape of result; its texts are the result's numbers, and legible."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import combinations
from pathlib import Path

import matplotlib
import posture
import posture.plot
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle, Wedge
from matplotlib.text import Text
from posture import Plan, Point, Result, Step, Table

CASES = Path(__file__).parents[2] / "cases"
OF_RESULTS = [posture.plot.score, posture.plot.namespaces, posture.plot.waterfall]
SIZES = [1, 5, 50, 500]


def shapes() -> list[str]:
    """Return cases that differ in what there is, and what is assessed."""
    found = {}
    for path in sorted(CASES.glob("*/expected.json")):
        result = json.loads(path.read_bytes())
        types = tuple(of["status"] for of in result["types"])
        told = [of["types"][name]["status"] for of in result["namespaces"] for name in of["types"]]
        found.setdefault((result["status"], types, frozenset(told)), path.parent.name)
    return list(found.values())


@cache
def case(name: str) -> Result:
    return Result.from_json((CASES / name / "expected.json").read_bytes())


@cache
def made_up(namespaces: int) -> posture.Engine:
    """Return a cluster of so many namespaces, with something of everything at risk."""
    names = [f"team-{number:03}-of-the-northern-department" for number in range(namespaces)]
    pods = [pod(name, f"app-{number}:1") for number, name in enumerate(names)]
    policies = [policy(name) for name in names[::3]]
    scans = {
        f"{number}.json": scan(f"app-{number}:1", number) for number in range(1, namespaces, 2)
    }
    return posture.Engine([*pods, *policies], scans, request={"policies_complete": True})


def pod(namespace: str, image: str) -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": namespace, "name": "web"},
        "spec": {"containers": [{"name": "web", "image": image}]},
        "status": {"phase": "Running"},
    }


def policy(namespace: str) -> dict:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"namespace": namespace, "name": "default"},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    }


def scan(image: str, number: int) -> bytes:
    found = {"VulnerabilityID": f"CVE-2026-{number}", "PkgName": "ssl", "Severity": "HIGH"}
    results = [{"Target": image, "Vulnerabilities": [found] if number % 4 == 1 else []}]
    report = {"SchemaVersion": 2, "ArtifactName": image, "ArtifactType": "container_image"}
    return json.dumps({**report, "Results": results}).encode()


@cache
def scored(namespaces: int) -> Result:
    return made_up(namespaces).score()


@pytest.fixture(scope="module")
def point(tmp_path_factory: pytest.TempPathFactory) -> Point:
    """Return a point as a history keeps it."""
    history = posture.History(tmp_path_factory.mktemp("history") / "history.db")
    history.record(
        posture.score(
            pod("shop", "web:1"), request={"policies_complete": True, "now": "2026-11-20T10:00:00Z"}
        )
    )
    return history.points()[0]


def series(point: Point, count: int) -> list[Point]:
    """Return points of so many days, with scores between 50 and 75."""
    scores = [50 + 2.5 * (number % 10) for number in range(count)]
    types = [
        tuple(
            replace(of, contribution=(100 - score) / 2 if of.status == "ok" else 0.0)
            for of in point.types
        )
        for score in scores
    ]
    return [
        replace(point, at=point.at + timedelta(days=day), score=score, types=of)
        for day, (score, of) in enumerate(zip(scores, types, strict=True))
    ]


def texts(ax: Axes) -> list[Text]:
    """Return all texts that are drawn, after drawing."""
    FigureCanvasAgg(ax.figure).draw()
    return [text for text in ax.figure.findobj(Text) if text.get_visible() and text.get_text()]


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in texts(ax)]


def assert_legible(ax: Axes) -> None:
    """No text hides another, none is cut off."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(ax)]
    for (one, box), (other, another) in combinations(boxes, 2):
        across = min(box.x1, another.x1) - max(box.x0, another.x0)
        up = min(box.y1, another.y1) - max(box.y0, another.y0)
        assert across < 1 or up < 1, f"`{one}` and `{other}` overlap"
    paper = ax.figure.bbox
    for text, box in boxes:
        assert paper.x0 <= box.x0 <= box.x1 <= paper.x1, f"`{text}` is cut off"
        assert paper.y0 <= box.y0 <= box.y1 <= paper.y1, f"`{text}` is cut off"


def exact(result: Result) -> dict:
    """Return the result's JSON with decimal numbers."""
    return json.loads(result.to_json(), parse_float=Decimal, parse_int=Decimal)


def tenths(points: Decimal) -> str:
    return str(points.quantize(Decimal("0.1"), ROUND_HALF_UP))


@pytest.mark.parametrize("draw", OF_RESULTS)
@pytest.mark.parametrize("name", shapes())
def test_every_shape_of_result_is_drawn(draw: Callable[[Result], Axes], name: str) -> None:
    assert_legible(draw(case(name)))


@pytest.mark.parametrize("draw", OF_RESULTS)
@pytest.mark.parametrize("size", SIZES)
def test_few_and_many_namespaces_are_drawn(draw: Callable[[Result], Axes], size: int) -> None:
    assert_legible(draw(scored(size)))


@pytest.mark.parametrize("size", SIZES)
def test_short_and_long_plans_are_drawn(size: int) -> None:
    plan = made_up(size).plan(target=100)
    ax = posture.plot.plan(plan)
    assert_legible(ax)
    more = len(plan.steps) - 20
    assert (f"{more:,} more steps" in words(ax)) == (more > 1)


@pytest.mark.parametrize("count", [0, 1, 2, 5, 50, 500])
def test_short_and_long_histories_are_drawn(point: Point, count: int) -> None:
    assert_legible(posture.plot.history(series(point, count)))


@pytest.mark.parametrize("draw", OF_RESULTS)
def test_small_axes_of_the_caller_are_drawn_on(draw: Callable[..., Axes]) -> None:
    figure = Figure(figsize=(10, 4))
    left, right = figure.subplots(1, 2, gridspec_kw={"left": 0.2, "wspace": 0.6})
    assert draw(scored(5), right) is right
    assert not left.texts
    texts(right)


def test_a_gauge_says_the_score_and_what_each_type_loses() -> None:
    result = scored(50)
    said = words(posture.plot.score(result))
    number = exact(result)
    assert str(number["score"].quantize(Decimal(1), ROUND_HALF_UP)) in said
    for of in number["types"]:
        assert f"−{tenths(of['contribution'])}" in said


def test_a_gauge_is_divided_as_the_points_are() -> None:
    result = scored(50)
    ax = posture.plot.score(result)
    _, *arcs = [patch for patch in ax.patches if isinstance(patch, Wedge)]
    angles = [(arc.theta2 - arc.theta1) / 1.8 for arc in arcs]
    assert angles == pytest.approx([result.score, *(of.contribution for of in result.types)])


def test_what_is_not_assessed_is_hatched_and_never_a_full_score() -> None:
    result = posture.score(pod("shop", "web:1"), request={"policies_complete": True})
    assert result.score == 50
    ax = posture.plot.score(result)
    assert words(ax).count("not assessed") == 2
    hatched = [patch for patch in ax.patches if isinstance(patch, Wedge) and patch.get_hatch()]
    assert [arc.theta2 - arc.theta1 for arc in hatched] == [90]
    assert words(posture.plot.namespaces(result)).count("not assessed") == 2
    lost = words(posture.plot.waterfall(result))
    assert {"High-risk images: not assessed", "Unscanned images: not assessed"} < set(lost)


def test_a_heat_map_says_every_number() -> None:
    result = scored(5)
    said = words(posture.plot.namespaces(result))
    for of in result.namespaces:
        for cell in of.types.values():
            said.remove(f"{cell.part} of {cell.whole}")
    for of in exact(result)["namespaces"]:
        said.remove(f"−{tenths(of['risk'])}" if of["risk"] else "0")


def test_a_heat_map_is_the_darker_the_more_is_at_risk() -> None:
    result = case("example-a")
    ax = posture.plot.namespaces(result, top=100)
    cells = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    of_cells = [of for row in result.namespaces for of in row.types.values()]
    known = [
        (of.part / of.whole, sum(cell.get_facecolor()[:3]))
        for of, cell in zip(of_cells, cells, strict=True)
        if of.status == "ok"
    ]
    shares, lightness = zip(*sorted(known), strict=True)
    assert list(lightness) == sorted(lightness, reverse=True)
    assert len(set(shares)) == len(set(lightness)) > 1


def test_a_heat_map_says_what_it_does_not_show() -> None:
    result = scored(500)
    rest = sum(of["risk"] for of in exact(result)["namespaces"][20:])
    said = f"480 more namespaces lose {tenths(rest)} points together"
    assert said in words(posture.plot.namespaces(result))


def test_a_single_namespace_is_shown_and_not_summed_up() -> None:
    rows = words(posture.plot.namespaces(scored(5), top=4))
    assert not any("more" in row for row in rows)


def test_a_waterfall_falls_from_100_to_the_score() -> None:
    result = scored(50)
    ax = posture.plot.waterfall(result)
    bars = [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_width()]
    types = [bar for bar in bars if bar.get_alpha()]
    namespaces = [bar for bar in bars if not bar.get_alpha()]
    lost = [of.contribution for of in result.types]
    assert [-bar.get_width() for bar in types] == pytest.approx(lost)
    for steps in (types, namespaces):
        ends = [bar.get_x() + bar.get_width() for bar in steps]
        assert [bar.get_x() for bar in steps] == pytest.approx([100, *ends[:-1]])
        assert ends[-1] == pytest.approx(result.score)
    assert tenths(exact(result)["score"]) in words(ax)


def test_a_plan_says_the_score_after_each_step() -> None:
    plan = made_up(5).plan(target=100)
    said = words(posture.plot.plan(plan))
    for step in plan.steps:
        assert step.action in said or any("…" in word for word in said)
        low, high = (tenths(Decimal(str(of))) for of in (step.score, step.score_max))
        assert (low if low == high else f"{low} to {high}") in said


def test_a_plan_without_a_score_says_so() -> None:
    assert "no score, so no plan" in words(posture.plot.plan(Plan(None, Table(Step, []))))


def test_a_history_says_where_the_score_is_and_how_far_it_went(point: Point) -> None:
    said = words(posture.plot.history(series(point, 5)))
    assert "Cluster Security Score 60, +10.0 since 2026-11-20" in said
    assert "60.0" in said


def test_a_history_goes_by_time_and_not_by_order(point: Point) -> None:
    points = series(point, 5)
    assert words(posture.plot.history(points[::-1])) == words(posture.plot.history(points))


def test_a_history_has_gaps_where_there_was_no_score(point: Point) -> None:
    points = series(point, 7)
    points[3] = replace(points[3], score=None)
    ax = posture.plot.history(points)
    assert_legible(ax)
    assert "no score" in words(ax)
    assert sorted(len(line.get_xdata()) for line in ax.lines) == [1, 3, 3]


def test_names_are_never_formulas() -> None:
    step = Step("isolate-namespace/$x^2$", 1, 1.0, 1.0, 51.0, 51.0)
    ax = posture.plot.plan(Plan(50.0, Table(Step, [step])))
    (label,) = [text for text in texts(ax) if "$" in text.get_text()]
    assert not label.get_parse_math()


def test_a_notebook_shows_axes() -> None:
    picture, size = posture.plot.score(scored(5))._repr_png_()
    assert picture.startswith(b"\x89PNG")
    assert size == {"width": 520, "height": 420}


def test_pyplot_and_its_settings_are_left_alone(point: Point) -> None:
    from matplotlib import pyplot

    figures, settings = pyplot.get_fignums(), dict(matplotlib.rcParams)
    for draw in OF_RESULTS:
        texts(draw(scored(5)))
    texts(posture.plot.history([point]))
    assert pyplot.get_fignums() == figures
    assert dict(matplotlib.rcParams) == settings
