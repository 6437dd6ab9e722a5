"""What is new in an answer: the person's own words, apart from quotes, history and signature; nothing is lost."""

from bridges.mail.replies.forwards import first_author, forwarded_from, is_forward
from bridges.mail.replies.html import Marked, marked, new_html, new_markdown, only_preformatted, rough_lines, unsigned
from bridges.mail.replies.plain import Answer, Split, answer_in, new_text
from bridges.mail.replies.subjects import bare_subject, is_answer

__all__ = [
    "Answer",
    "Marked",
    "Split",
    "answer_in",
    "bare_subject",
    "first_author",
    "forwarded_from",
    "is_answer",
    "is_forward",
    "marked",
    "new_html",
    "new_markdown",
    "new_text",
    "only_preformatted",
    "rough_lines",
    "unsigned",
]
