"""The text catalogue: what each message is, in one plain sentence, with its RFC section.

In: a name and what narrows it down ("server", "RSA", "1.3"). Out: the most particular text there is.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources

LANGUAGES = ("en",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """what: one sentence. rfc: where it is written."""

    what: str
    rfc: str


@functools.lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> dict[str, dict[str, dict[str, str]]]:
    file = resources.files(__package__).joinpath("texts", f"{language}.json")
    catalogue: dict[str, dict[str, dict[str, str]]] = json.loads(file.read_text("utf-8"))
    return catalogue


def text_of(name: str, *narrower: str, language: str = "en") -> Text | None:
    """The text of a message, or None where the catalogue has none: a message that we do not know."""
    messages = _catalogue(language)["messages"]
    for key in (*(f"{name}/{word}" for word in narrower), name):
        if key in messages:
            return Text(**messages[key])
    return None


def absence(name: str, *why: str, language: str = "en") -> str | None:
    """Why a step is not there, in the first of the ways `why` that has a reason."""
    reasons = _catalogue(language)["absent"]
    for key in (*(f"{word}/{name}" for word in why), name):
        if key in reasons:
            return str(reasons[key])
    return None


def ended(language: str = "en") -> str:
    """Why a step is not there in a connection that ended before it."""
    return str(_catalogue(language)["absent"]["ended"])
