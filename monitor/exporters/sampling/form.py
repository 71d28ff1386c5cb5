"""A form as it is filled in: pages, parts, fields; Excel and Word are made of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class FormField:
    """One field of a form, filled in or blank."""

    title: str
    text: str
    wide: bool
    blank: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FormSection:
    """One part of a form."""

    title: str
    fields: tuple[FormField, ...]

    @property
    def lines(self) -> tuple[tuple[FormField, ...], ...]:
        """The fields line by line: a wide one alone, the others two by two."""
        lines: list[tuple[FormField, ...]] = []
        open_: FormField | None = None
        for field in self.fields:
            if field.wide:
                if open_ is not None:
                    lines.append((open_,))
                    open_ = None
                lines.append((field,))
            elif open_ is None:
                open_ = field
            else:
                lines.append((open_, field))
                open_ = None
        return tuple(lines) if open_ is None else (*lines, (open_,))


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """One page."""

    number: str
    sections: tuple[FormSection, ...]
    #: names, or nothing where the second draw was not made
    inspectors: str
    #: with which draw it belongs to
    draw: str
