"""Days written as people say them: ``mid-autumn - 10d``, ``max(中秋, 10-07) + 1d``, ``lunar 8-15``.

    expression = term { ("+" | "-") duration }
    term       = DATE | MONTH-DAY | "lunar" MONTH-DAY | "solar-term" NAME | NTH WEEKDAY "of" MONTH
               | NAME | ("min" | "max") "(" expression { "," expression } ")" | ("start" | "end") "(" NAME ")"
    duration   = NUMBER ("d" | "w" | 天 | 周)

中秋前10天 and 国庆后1周 say the same as ``中秋 - 10天`` and ``国庆 + 1周``. An expression means one day in
every year; one that names a full date, that day only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from monitor.campaigns.lunar import SOLAR_TERMS, CalendarError, lunar_day, solar_term

if TYPE_CHECKING:
    from collections.abc import Callable

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<date>\d{4}-\d{1,2}-\d{1,2}(?!\d))
    | (?P<monthday>\d{1,2}-\d{1,2}(?!\d)|\d{1,2}月\d{1,2}[日号]?)
    | (?P<duration>\d+\s*(?:days?|d|weeks?|w|天|日|个?星期|周)(?![\w']))
    | (?P<nth>[1-5](?:st|nd|rd|th)(?![\w']))
    | (?P<name>[A-Za-z][A-Za-z0-9'’]*(?:-[A-Za-z0-9'’]+)*   # mid-autumn, children's-day, double-11
              |\d*[\u4e00-\u9fff][\u4e00-\u9fff0-9]*           # 中秋, 双11, 38节
              |\d+(?:-[A-Za-z'’]+)*)                          # 618, 618-sales
    | (?P<sign>[-+−–()（），,])
    )""",
    re.VERBOSE,
)
_BEFORE_OR_AFTER = re.compile(r"([前后])\s*(?=\d+\s*(?:天|日|个?星期|周))")
_SAME_SIGN = str.maketrans("−–（），", "--(),")


class Days(Protocol):
    """What an expression asks the calendar."""

    def day(self, name: str, year: int) -> date:
        """The named day in `year`."""

    def period(self, name: str, year: int) -> tuple[date, date]:
        """First and last day of the named period in `year`."""

    def knows(self, name: str) -> str | None:
        """None when the name is known, else what was probably meant, as an error message."""


class ExpressionError(ValueError):
    """The words are no day; the message says which of them and what could stand there."""


@dataclass
class Mentions:
    """What an expression is made of."""

    years: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    lunar_months: set[int] = field(default_factory=set)


class Expression:
    """One day in each year. Equal when written alike."""

    def __init__(self, text: str, mentions: Mentions, resolve: Callable[[int, Days], date]) -> None:
        #: as written
        self.text = text
        self._mentions = mentions
        self._resolve = resolve

    @property
    def years(self) -> frozenset[int]:
        """Years of full dates; when there are any, the expression means something in these years only."""
        return frozenset(self._mentions.years)

    @property
    def names(self) -> frozenset[str]:
        """Days and periods that it mentions."""
        return frozenset(self._mentions.names)

    @property
    def lunar_months(self) -> frozenset[int]:
        """Lunar months that it mentions itself, not through a name."""
        return frozenset(self._mentions.lunar_months)

    def on(self, year: int, days: Days) -> date:
        """The day meant in `year`.

        Raises:
            CalendarError: the year has no such day, or the calendar does not reach so far.

        """
        return self._resolve(year, days)

    def __eq__(self, other: object) -> bool:
        """Compare what was written."""
        return isinstance(other, Expression) and self.text == other.text

    def __hash__(self) -> int:
        """Agree with ``==``."""
        return hash(self.text)

    def __str__(self) -> str:
        """Give back what was written."""
        return self.text

    def __repr__(self) -> str:
        """Show what was written."""
        return f"Expression({self.text!r})"


def parse(text: str, days: Days) -> Expression:
    """Read an expression; every name in it must be known to `days`.

    Raises:
        ExpressionError: the words are no day.

    """
    parser = _Parser(text, days)
    resolve = parser.expression()
    parser.expect_end()
    return Expression(text.strip(), parser.mentions, resolve)


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str, days: Days) -> None:
        self.text = text
        self.days = days
        self.mentions = Mentions()
        self.tokens = _tokens(text)
        self.at = 0

    def expression(self) -> Callable[[int, Days], date]:
        resolve = self.term()
        while self.peek() in (("sign", "+"), ("sign", "-")):
            sign = 1 if self.take()[1] == "+" else -1
            kind, value = self.take()
            if kind != "duration":
                raise ExpressionError(
                    f"{self.text!r}: after + or - comes a number of days or weeks, like 10d"
                )
            resolve = _shifted(resolve, sign * _duration(value))
        return resolve

    def term(self) -> Callable[[int, Days], date]:
        kind, value = self.take()
        if kind == "date":
            return self.fixed(*(int(part) for part in value.split("-")))
        if kind == "monthday":
            return self.yearly(*_month_day(value))
        if kind == "nth":
            return self.nth_weekday(int(value[0]))
        if kind == "name":
            return self.named(value)
        found = value or "the end"
        raise ExpressionError(
            f"{self.text!r}: expected a day (a name, 10-01 or 2020-10-01) and found {found!r}"
        )

    def named(self, value: str) -> Callable[[int, Days], date]:
        word = value.lower()
        if word in ("lunar", "农历"):
            kind, month_day = self.take()
            if kind != "monthday":
                raise ExpressionError(f"{self.text!r}: after {value} comes month-day, like lunar 8-15")
            month, day = _month_day(month_day)
            self.mentions.lunar_months.add(month)
            return _lunar(month, day, self.text)
        if word == "solar-term":
            term = self.take()[1]
            if term not in SOLAR_TERMS:
                raise ExpressionError(f"{self.text!r}: {term} is none of {'、'.join(SOLAR_TERMS)}")
            return lambda year, _: solar_term(year, term)
        if self.peek() == ("sign", "("):
            return self.function(word)
        self.mention(value)
        return lambda year, days: days.day(value, year)

    def function(self, word: str) -> Callable[[int, Days], date]:
        self.take()
        if word in ("start", "end"):
            name = self.take()[1]
            self.mention(name)
            self.close()
            which = 0 if word == "start" else 1
            return lambda year, days: days.period(name, year)[which]
        if word not in ("min", "max"):
            raise ExpressionError(f"{self.text!r}: {word}(…) is unknown; there are min, max, start and end")
        parts = [self.expression()]
        while self.peek() == ("sign", ","):
            self.take()
            parts.append(self.expression())
        self.close()
        choose = min if word == "min" else max
        return lambda year, days: choose(part(year, days) for part in parts)

    def fixed(self, year: int, month: int, day: int) -> Callable[[int, Days], date]:
        try:
            fixed = date(year, month, day)
        except ValueError as error:
            raise ExpressionError(f"{self.text!r}: {error}") from None
        self.mentions.years.add(year)
        return lambda _, __: fixed

    def yearly(self, month: int, day: int) -> Callable[[int, Days], date]:
        try:
            date(2023, month, day)  # a common year: 02-29 would not exist in three years of four
        except ValueError as error:
            raise ExpressionError(f"{self.text!r}: {month:02}-{day:02}: {error} (every year)") from None
        return lambda year, _: date(year, month, day)

    def nth_weekday(self, nth: int) -> Callable[[int, Days], date]:
        weekday, of, month = (self.take()[1].lower() for _ in range(3))
        if weekday not in _WEEKDAYS or of != "of" or not month.isdigit() or not 1 <= int(month) <= 12:
            raise ExpressionError(f"{self.text!r}: write it like 4th thursday of 11")
        return _nth_weekday(nth, _WEEKDAYS.index(weekday), int(month))

    def mention(self, name: str) -> None:
        if (complaint := self.days.knows(name)) is not None:
            glued = re.fullmatch(r"(.+)-(\d+[dw])", name)
            hint = f"; put spaces around the minus: {glued[1]} - {glued[2]}" if glued else ""
            raise ExpressionError(f"{self.text!r}: {complaint}{hint}")
        self.mentions.names.add(name)

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at]

    def take(self) -> tuple[str, str]:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def close(self) -> None:
        if self.take() != ("sign", ")"):
            raise ExpressionError(f"{self.text!r}: a closing bracket ) is missing")

    def expect_end(self) -> None:
        kind, value = self.peek()
        if kind != "end":
            raise ExpressionError(
                f"{self.text!r}: {value!r} is one word too many; shift a day with + 7d or - 10d"
            )


def _tokens(text: str) -> list[tuple[str, str]]:
    """Cut into (kind, value), with an ``("end", "")`` that stays."""
    text = _BEFORE_OR_AFTER.sub(lambda match: " - " if match[1] == "前" else " + ", text)
    tokens = []
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(
                f"{text!r}: {text[position:].strip()!r} is no day, like mid-autumn, 10-01 or 中秋"
            )
        kind = str(match.lastgroup)
        tokens.append((kind, match[kind].translate(_SAME_SIGN) if kind == "sign" else match[kind]))
        position = match.end()
    return [*tokens, ("end", "")]


def _month_day(value: str) -> tuple[int, int]:
    month, day = re.findall(r"\d+", value)
    return int(month), int(day)


def _duration(value: str) -> timedelta:
    number = int("".join(filter(str.isdigit, value)))
    week = "w" in value or "周" in value or "星期" in value
    return timedelta(weeks=number) if week else timedelta(days=number)


def _shifted(resolve: Callable[[int, Days], date], by: timedelta) -> Callable[[int, Days], date]:
    return lambda year, days: resolve(year, days) + by


def _lunar(month: int, day: int, text: str) -> Callable[[int, Days], date]:
    if not (1 <= month <= 12 and 1 <= day <= 29):
        hint = "; for the last day of the lunar year write spring-festival - 1d" if day == 30 else ""
        raise ExpressionError(f"{text!r}: lunar months are 1–12 and every one has the days 1–29{hint}")
    return lambda year, _: lunar_day(year, month, day)


def _nth_weekday(nth: int, weekday: int, month: int) -> Callable[[int, Days], date]:
    def resolve(year: int, days: Days) -> date:
        del days
        first = date(year, month, 1)
        found = first + timedelta(days=(weekday - first.weekday()) % 7, weeks=nth - 1)
        if found.month != month:
            raise CalendarError(f"{year}-{month:02} has no {nth}th {_WEEKDAYS[weekday]}")
        return found

    return resolve
