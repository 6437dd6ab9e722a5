"""When something is: a Swedish and English grammar of days, weeks and hours. Pure: a text and the mail's date in, spans out."""

from bot.reading.when.spans import Hours, Span, hours, spans

__all__ = ["Hours", "Span", "hours", "spans"]
