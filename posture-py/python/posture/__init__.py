"""Kubernetes security posture scores.

>>> import posture
>>> result = posture.score({"cluster.json": b'{"kind": "List", "items": []}'})
>>> result["status"]
'no_data'

Files are names and bytes: dumps of `kubectl get -o json`, flow logs, image scan reports. What a
file holds is found by its content; the name only says where an issue or a fact came from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Union

from posture._posture import PostureError
from posture._posture import score_json as _score_json

__all__ = ["Files", "PostureError", "score", "score_json"]

Files = Union[Mapping[str, bytes], Iterable[tuple[str, bytes]]]
"""Names and contents, as a mapping or as pairs."""


def score(files: Files, request: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Score files and return the result as Python values.

    `request` holds the settings of the assessment; without one the defaults apply. Other threads
    run meanwhile. Raises `PostureError` when the request, or the input as a whole, cannot be used;
    a single bad file is no error but one of the result's `issues`.
    """
    result: dict[str, Any] = json.loads(score_json(files, request))
    return result


def score_json(files: Files, request: Mapping[str, Any] | None = None) -> bytes:
    """Score files and return the result as canonical JSON: equal input gives equal bytes."""
    pairs = files.items() if isinstance(files, Mapping) else files
    return _score_json(list(pairs), json.dumps({} if request is None else dict(request)))
