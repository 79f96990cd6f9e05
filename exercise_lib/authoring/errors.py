"""The error of this package."""

from exercise_lib.errors import WorkshopError


class AuthoringError(WorkshopError):
    """A notebook that cannot be used or written; the message names it and says what to do."""
