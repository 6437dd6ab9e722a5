"""The HTML of other people's mail, read as a person would read it: in order, without what is hidden, watches or only places."""

from bridges.hypertext.flow import read
from bridges.hypertext.page import html_of, markdown_of, marked_of, shown

__all__ = ["html_of", "markdown_of", "marked_of", "read", "shown"]
