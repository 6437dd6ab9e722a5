"""Why the demo cannot be played, in one line."""

from bridges.texts import Texts


class CannotPlay(Exception):
    """The demo cannot start, or cannot go on. The message says why, and what to do; `english` is its key in the texts."""

    def __init__(self, english: str, **values: object) -> None:
        super().__init__(Texts("en")(english, **values))
        self.english, self.values = english, values

    def said(self, t: Texts) -> str:
        """The same in a language."""
        return t(self.english, **self.values)
