"""The error that is meant for a person."""


class WorkshopError(Exception):
    """Something that its reader can mend: what was found, what was expected, what to do.

    The command line prints the message without a traceback and exits 1.
    """
