"""Colours that stand for different things look different to everybody, and texts stand out.

How colour-blind people see: Machado, Oliveira and Fernandes, "A Physiologically-based Model for
Simulation of Color Vision Deficiency" (2009), severity 1. Contrast: WCAG 2.2, "contrast ratio".
"""

from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from posture.plot import _canvas
from posture.plot._namespaces import SHADES, ink

VISIONS = {
    "everybody": np.eye(3),
    "no red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "no colours": [[0.2126, 0.7152, 0.0722]] * 3,
}

SEPARATE = {"nothing": _canvas.TRACK, "score": _canvas.SCORE, **_canvas.TYPES}
"""What a gauge and a history show, in their order."""


def linear(color: object) -> np.ndarray:
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Return CIELAB, in which equal steps look equal."""
    to_xyz = [[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]]
    xyz = np.clip(to_xyz @ rgb, 0, None) / [0.9505, 1, 1.089]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: object, other: object) -> float:
    light, dark = sorted(linear(of) @ [0.2126, 0.7152, 0.0722] for of in (one, other))[::-1]
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("vision", VISIONS)
def test_colours_of_different_things_look_different(vision: str) -> None:
    seen = {name: lab(VISIONS[vision] @ linear(color)) for name, color in SEPARATE.items()}
    # without colours light ones look alike, but never those that touch
    pairs = pairwise(seen) if vision == "no colours" else combinations(seen, 2)
    for one, other in pairs:
        distance = np.linalg.norm(seen[one] - seen[other])
        assert distance > 20, f"{one} and {other} differ by {distance:.0f}"


@pytest.mark.parametrize("vision", VISIONS)
def test_a_heat_map_gets_darker_for_everybody(vision: str) -> None:
    lightness = [lab(VISIONS[vision] @ linear(SHADES(share / 20)))[0] for share in range(21)]
    assert all(one - other > 1 for one, other in pairwise(lightness))


def test_texts_stand_out() -> None:
    for color in (_canvas.INK, _canvas.FAINT, _canvas.SCORE):
        assert contrast(color, _canvas.PAPER) > 4.5
    assert contrast(_canvas.FAINT, _canvas.TRACK) > 4.5
    for share in range(101):
        assert contrast(ink(share / 100), SHADES(share / 100)) > 4
