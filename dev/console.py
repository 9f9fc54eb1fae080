# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the commands say, and the one error they raise on purpose."""

from __future__ import annotations

import contextlib
import sys
import time


class DevError(Exception):
    """An expected failure; its message says what to do about it."""


def say(text: str = "") -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)  # noqa: T201 - this is the console


@contextlib.contextmanager
def step(title: str):
    """Announce a step, and its seconds when it is over."""
    say(f"-> {title} ...")
    start = time.monotonic()
    yield
    say(f"   done in {time.monotonic() - start:.1f} s")


def warn(text: str) -> None:
    """Print a line on standard error."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - this is the console
