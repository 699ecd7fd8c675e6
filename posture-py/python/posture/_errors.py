"""What goes wrong, as exceptions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posture._result import Issue

__all__ = ["InputError", "PostureError"]


class PostureError(ValueError):
    """What was asked for cannot be done; the message says what was expected.

    >>> import posture
    >>> posture.score(request={"no_such_setting": 1})
    Traceback (most recent call last):
        ...
    posture._errors.PostureError: invalid request: unknown field `no_such_setting`, ...
    """

    def __init__(self, message: str, issue: str | None = None) -> None:
        """Keep the message, and the issue in JSON where there is one."""
        super().__init__(message, issue)

    def __str__(self) -> str:
        """Return the message."""
        return str(self.args[0])

    @property
    def issue(self) -> Issue | None:
        """The issue of the input behind it, where there is one: its file, place and kind."""
        from posture._decode import decode
        from posture._result import Issue

        return None if self.args[1] is None else decode(Issue, json.loads(self.args[1]))


class InputError(PostureError):
    """An input cannot be used at all; a bad file among others is no error but an issue.

    >>> import posture
    >>> posture.score("no/such/folder")
    Traceback (most recent call last):
        ...
    posture._errors.InputError: `no/such/folder` does not exist, expected a file or a directory
    """
