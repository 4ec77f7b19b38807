"""Says what is wrong with a command line in the form of all other input errors."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""The base of every usage error; typer has no public name for it."""


class Commands(TyperGroup):
    """The commands of ``detention``; an unknown one is refused with the nearest name."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command with this name; raise ``ScenarioError`` if there is none."""
        command = super().get_command(ctx, cmd_name)
        if command is None and not ctx.resilient_parsing:
            raise refusal("command", cmd_name, list(self.commands))
        return command


def refusal(key: str, got: str, allowed: list[str], *, wanted: str = "") -> Exception:
    """Return the error for one wrong word of the command line.

    ``allowed`` are the names that would do (the nearest is suggested); ``wanted`` describes them
    where they cannot be listed.
    """
    from scenarios.problems import Position, Problems, ScenarioError, one_of, shown

    problems = Problems()
    names = wanted or one_of(allowed, "one of the known names")
    problems.add(Position("command line"), key, shown(got) or "nothing", names, got, allowed)
    return ScenarioError(problems.entries)


def from_usage_error(error: Any) -> Exception:
    """Return a usage error of typer as an error with key, value found and values allowed."""
    context = getattr(error, "ctx", None)
    parameter = getattr(error, "param", None)
    option = getattr(error, "option_name", None)
    if option is not None and hasattr(error, "possibilities"):
        return refusal("option", option, _options(context))
    if option is not None:
        takes_none = "does not take" in error.message
        got, wanted = ("a value", "no value") if takes_none else ("no value", "a value after it")
        return refusal(option, got, [], wanted=wanted)
    if parameter is not None:
        return _wrong_parameter(error, parameter)
    if "extra argument" in error.message:
        got = error.message.partition("(s) ")[2].strip("()") or error.message
        return refusal("argument", got, [], wanted="no further arguments")
    return refusal("usage", error.message, [], wanted="what 'detention --help' shows")


def _options(context: Any) -> list[str]:
    if context is None:
        return []
    declared = [
        name for parameter in context.command.params for name in parameter.opts if name.startswith("-")
    ]
    return [*declared, "--help"] if "--help" not in declared else declared


def _wrong_parameter(error: Any, parameter: Any) -> Exception:
    shown_name = str(
        parameter.opts[0] if parameter.opts[0].startswith("-") else parameter.metavar or parameter.name
    )
    help_text = getattr(parameter, "help", None) or "a value"
    if type(error).__name__ == "MissingParameter":
        return refusal(shown_name, "nothing", [], wanted=help_text)
    return refusal(shown_name, _found(error), [], wanted=_numbers(parameter) or help_text)


def _found(error: Any) -> str:
    """Return the word that was refused, or what typer says of it where it does not pass it on."""
    details = getattr(error.__cause__, "errors", None)
    found = details()[0].get("input") if details is not None else None
    return error.message if found is None else str(found)


def _numbers(parameter: Any) -> str:
    """Return which numbers a parameter takes; nothing if it takes something else."""
    kind = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    if kind not in (int, float):
        return ""
    words = "a whole number" if kind is int else "a number"
    low, high = getattr(parameter, "min", None), getattr(parameter, "max", None)
    if low is not None:
        words += f" from {low}"
    return words if high is None else f"{words} to {high}"
