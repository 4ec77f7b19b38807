"""Calls that may never come back, and a limit to waiting for them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class HungError(Exception):
    """A call did not come back in time."""


def in_time(call: Callable[[], Result], seconds: float) -> Result:
    """Return what ``call`` returns, or raise what it raises; raises ``HungError`` after ``seconds``.

    A call that never comes back stays behind in a thread that does not keep the program from ending.
    """
    results: list[Result] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            results.append(call())
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise HungError(f"not finished after {seconds:g} s")
    return results[0]
