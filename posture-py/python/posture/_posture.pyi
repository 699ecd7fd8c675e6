__all__ = ["PostureError", "score_json"]

class PostureError(ValueError):
    """The request, or the input as a whole, cannot be used; the message says what was expected."""

def score_json(files: list[tuple[str, bytes]], request: str) -> bytes: ...
