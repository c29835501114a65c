"""`Refused`: an action says no for a reason that the person who asked may read."""


class Refused(Exception):
    """Base of every such reason; `str()` is a sentence in the active language."""
