"""Dates as the API gives them."""

from datetime import date


def iso_day(day: date | None) -> str | None:
    """A JST date as `2026-09-15`; None stays None."""
    return day.isoformat() if day else None
