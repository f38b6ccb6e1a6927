"""The words that are shown and spoken, one TOML file per language in this folder; adding a language needs no code.

A sentence is named by its table and its key: `words("problem.nobody")`. English is the measure: another language must
have the very same keys, each with the same numbers to fill in, or it does not load.
May not know: when anything is said, to whom, how it is drawn.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import TypeAdapter, ValidationError

from formcheck import toml
from formcheck.errors import SetupError

HERE = Path(__file__).parent
ENGLISH = "en"


class Words:
    """One language's words."""

    def __init__(self, language: str, sentences: Mapping[str, str]) -> None:
        """Take the language's name (its file's, such as "en") and its sentences by "table.key"."""
        self.language = language
        self._sentences = MappingProxyType(dict(sentences))

    def __call__(self, key: str, **numbers: object) -> str:
        """Return the sentence `key` with `numbers` filled in; KeyError when there is none, or a number is missing."""
        return self._sentences[key].format(**numbers)

    def sentence(self, text: str) -> str:
        """Return the sentence that `text` is the key of; any other text, of somebody's own file, is one by itself."""
        return self(text) if text in self._sentences else text

    def name(self, table: str, thing: str) -> str:
        """Return what `thing` is called in `table`; a thing without words goes by its own name."""
        return self._sentences.get(f"{table}.{thing}", re.sub("[_-]", " ", thing).capitalize())

    @property
    def keys(self) -> frozenset[str]:
        """All keys."""
        return frozenset(self._sentences)

    def numbers(self, key: str) -> frozenset[str]:
        """Return the names of the numbers the sentence `key` has room for."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self._sentences[key]) if name is not None)


def names() -> list[str]:
    """Return the names of the languages there are, sorted."""
    return sorted(path.stem for path in HERE.glob("*.toml"))


@functools.lru_cache(maxsize=8)
def load(language: str = ENGLISH) -> Words:
    """Return the words of `language`; SetupError for an unknown one or a file with something missing or wrong."""
    if language not in names():
        raise SetupError(f"There are no words for the language '{language}'.", f"Choose one of: {', '.join(names())}.")
    return load_file(HERE / f"{language}.toml")


def load_file(path: Path) -> Words:
    """Return the words in a TOML file of tables of texts, held against English; SetupError that names what is wrong."""
    remedy = "Correct the file, or install formcheck again to get the original."
    content = toml.content(path, "language", remedy)
    try:
        tables = TypeAdapter(dict[str, dict[str, str]]).validate_python(content, strict=True)
    except ValidationError as error:
        part = error.errors()[0]
        where = ".".join(str(step) for step in part["loc"])
        raise SetupError(f"The language file {path} is wrong: {where}: {part['msg']}.", remedy) from error
    sentences = {f"{table}.{key}": text for table, texts in tables.items() for key, text in texts.items()}
    words = Words(path.stem, sentences)
    wrong = _wrong(words, words if path == HERE / f"{ENGLISH}.toml" else load(ENGLISH))
    if wrong:
        raise SetupError(f"The language file {path} is wrong: {wrong}.", remedy)
    return words


def _wrong(words: Words, english: Words) -> str:
    """Return what is wrong with `words` held against English, "" for nothing."""
    missing, unknown = sorted(english.keys - words.keys), sorted(words.keys - english.keys)
    if missing:
        return f"missing are {', '.join(missing)}"
    if unknown:
        return f"English does not have {', '.join(unknown)}"
    for key in sorted(words.keys):
        try:
            same = words.numbers(key) == english.numbers(key)
        except ValueError as error:  # a brace without its partner
            return f"{key}: {error}"
        if not same:
            return f"{key} must have room for the same numbers as in English"
        if not words.name(*key.split(".", 1)).strip():
            return f"{key} is empty"
    return ""
