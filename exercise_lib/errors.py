"""The errors that are meant for a person."""


class WorkshopError(Exception):
    """Something that its reader can mend: what was found, what was expected, what to do.

    The command line prints the message without a traceback and exits 1; a
    notebook shows the message alone.
    """

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class DatasetError(WorkshopError):
    """A data set that cannot be used; the message says what to do."""
