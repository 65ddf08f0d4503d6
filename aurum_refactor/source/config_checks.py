"""What a configuration may say: every mistake of the table is found, none is fatal by itself."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from string import Formatter
from typing import Any, Literal, NoReturn

from aurum_refactor.errors import ConfigError, UsageError
from aurum_refactor.source.config_verify import checked_verify
from aurum_refactor.source.globs import covers, glob_mistake
from aurum_refactor.source.project import inside
from aurum_refactor.source.settings import Config, DomainRule, LayoutPatterns, VerifySettings
from aurum_refactor.source.toml_lines import TomlLines

_KEYS = tuple(field.name.replace("_", "-") for field in fields(Config) if field.name != "path")
_PATTERNS = tuple(field.name for field in fields(LayoutPatterns))
_PLACEHOLDERS = ("package", "module", "domain")
_VERSION = re.compile(r"\d+(\.\d+){1,2}")


def checked(
    root: Path, path: str, table: Mapping[str, Any], lines: TomlLines, prefix: tuple[str, ...]
) -> Config:
    """Turn a parsed table into a configuration.

    Args:
        root: The project root.
        path: The file the table comes from, for errors and ``Config.path``.
        table: The table as ``tomllib`` gives it.
        lines: Where the document's keys stand.
        prefix: The table's own key in the document, empty for the top level.

    Raises:
        ConfigError: With all mistakes, sorted by line.
    """
    check = _Check(root, table, lines, prefix)
    config = Config(
        path=path,
        monolith=check.monoliths(),
        source_roots=check.source_roots(),
        references=check.references(),
        layout=check.layout(),
        domains=check.domains(),
        fastapi_version=check.text_like("fastapi-version", _VERSION, 'a version like "0.115.2"'),
        verify=check.verify(),
        keep=check.texts("keep"),
        coalesce=check.flag("coalesce"),
        factor=check.flag("factor"),
        beside_existing=check.flag("beside-existing"),
        templates=check.templates(),
        data_modules=check.texts("data-modules"),
    )
    check.unknown_keys()
    if check.mistakes:
        check.fail(path)
    return config


class _Check:
    """One pass over one table; collects mistakes and goes on with a default."""

    def __init__(
        self, root: Path, table: Mapping[str, Any], lines: TomlLines, prefix: tuple[str, ...]
    ) -> None:
        self.root = root
        self.table = table
        self.lines = lines
        self.prefix = prefix
        self.mistakes: list[tuple[int | None, str]] = []

    def fail(self, path: str) -> NoReturn:
        unique = dict.fromkeys(self.mistakes)
        raise ConfigError(path, tuple(sorted(unique, key=lambda mistake: mistake[0] or 0)))

    def unknown_keys(self) -> None:
        for key in self.table.keys() - set(_KEYS):
            self._wrong(_unknown("key", key, _KEYS), key)

    def monoliths(self) -> tuple[str, ...]:
        paths = self._paths("monolith")
        for path, written in paths:
            if not (self.root / path).is_file():
                self._wrong_value(f"monolith {written} does not exist", written, "monolith")
            elif not path.endswith(".py"):
                self._wrong_value(f"monolith {written} is not a .py file", written, "monolith")
        return tuple(path for path, _ in paths)

    def source_roots(self) -> tuple[str, ...]:
        paths = self._paths("source-roots")
        for path, written in paths:
            if not (self.root / path).is_dir():
                reason = f"source root {written} is not a directory"
                self._wrong_value(reason, written, "source-roots")
        return tuple(path for path, _ in paths)

    def templates(self) -> str | None:
        written = self.table.get("templates")
        if written is None:
            return None
        if not isinstance(written, str):
            self._wrong("templates must be a folder, as a string", "templates")
            return None
        try:
            path = inside(self.root, written)
        except UsageError as error:
            self._wrong(f"templates: {error}", "templates")
            return None
        if not (self.root / path).is_dir():
            self._wrong(f"templates {written} is not a directory", "templates")
        return path

    def references(self) -> Literal["keep", "rewrite"]:
        match self.table.get("references", "keep"):
            case "keep":
                return "keep"
            case "rewrite":
                return "rewrite"
            case _:
                self._wrong('references must be "keep" or "rewrite"', "references")
                return "keep"

    def text_like(self, key: str, shape: re.Pattern[str], meaning: str) -> str | None:
        value = self.table.get(key)
        if value is None or (isinstance(value, str) and shape.fullmatch(value)):
            return value
        self._wrong(f"{key} must be {meaning}", key)
        return None

    def flag(self, key: str) -> bool:
        value = self.table.get(key, False)
        if isinstance(value, bool):
            return value
        self._wrong(f"{key} must be true or false", key)
        return False

    def texts(self, *key: str) -> tuple[str, ...]:
        value: Any = self.table
        for part in key:
            value = value.get(part, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self._wrong(f"{'.'.join(key)} must be a list of strings", *key)
        return ()

    def layout(self) -> LayoutPatterns:
        given = self._table("layout")
        patterns: dict[str, str] = {}
        for name, pattern in given.items():
            if name not in _PATTERNS:
                self._wrong(_unknown("key", f"layout.{name}", _PATTERNS), "layout", name)
            elif not isinstance(pattern, str):
                self._wrong(f"layout.{name} must be a string", "layout", name)
            elif mistake := _pattern_mistake(name, pattern):
                self._wrong(f"layout.{name} {mistake}", "layout", name)
            else:
                patterns[name] = pattern
        layout = LayoutPatterns(**patterns)
        self._clashes(layout)
        return layout

    def verify(self) -> VerifySettings:
        def wrong(reason: str, key: str) -> None:
            self._wrong(reason, "verify", key)

        return checked_verify(self.root, self._table("verify"), wrong)

    def domains(self) -> tuple[DomainRule, ...]:
        rules: list[DomainRule] = []
        for name in self._table("domains"):
            if mistake := _name_mistake(name, [rule.name for rule in rules]):
                self._wrong(f"domain {name!r} {mistake}", "domains", name)
            globs = self.texts("domains", name)
            line = self.lines.of(*self.prefix, "domains", name) or 1
            rules.append(DomainRule(name, globs, line))
        self._overlaps(rules)
        return tuple(rules)

    def _overlaps(self, rules: list[DomainRule]) -> None:
        earlier: list[tuple[str, str]] = []
        for rule in rules:
            for glob in rule.globs:
                mistake = glob_mistake(glob) or _shadow(glob, earlier)
                if mistake:
                    reason = f"{glob!r} of domain {rule.name!r} {mistake}"
                    self._wrong_value(reason, glob, "domains", rule.name)
                earlier.append((glob, rule.name))

    def _clashes(self, layout: LayoutPatterns) -> None:
        seen: dict[str, str] = {}
        for name in _PATTERNS:
            pattern = getattr(layout, name)
            if pattern in seen:
                reason = f"layout.{name} names the same file as layout.{seen[pattern]}"
                self._wrong(reason, "layout", name)
            seen[pattern] = name

    def _paths(self, key: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for written in self.texts(key):
            try:
                found.append((inside(self.root, written), written))
            except UsageError as error:
                self._wrong_value(f"{key}: {error}", written, key)
        return found

    def _table(self, key: str) -> Mapping[str, Any]:
        value = self.table.get(key, {})
        if isinstance(value, dict):
            return value
        self._wrong(f"{key} must be a table", key)
        return {}

    def _wrong(self, reason: str, *key: str) -> None:
        self.mistakes.append((self.lines.of(*self.prefix, *key), reason))

    def _wrong_value(self, reason: str, value: str, *key: str) -> None:
        self.mistakes.append((self.lines.of_value(value, *self.prefix, *key), reason))


def _unknown(what: str, key: str, known: tuple[str, ...]) -> str:
    # References are written with "_" by habit of Python, and matched as such.
    near = difflib.get_close_matches(key.rpartition(".")[2].replace("_", "-"), known, n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
    return f"unknown {what} {key}{hint}"


def _pattern_mistake(name: str, pattern: str) -> str | None:
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError as error:
        return f"is not a pattern: {error}"
    used = [(field, spec, conversion) for _, field, spec, conversion in parts if field is not None]
    for field, spec, conversion in used:
        if field not in _PLACEHOLDERS or spec or conversion:
            known = ", ".join(f"{{{name}}}" for name in _PLACEHOLDERS)
            return f"has an unknown placeholder {{{field}}}; known are {known}"
    has_domain = any(field == "domain" for field, _, _ in used)
    if name == "shared" and has_domain:
        return "is one file for all domains and must not contain {domain}"
    if name != "shared" and not has_domain:
        return "must contain {domain}, or all domains would share one file"
    if not pattern.endswith(".py"):
        return 'must end in ".py"'
    if pattern.startswith("/") or ".." in pattern.split("/") or "\\" in pattern:
        return "leaves the project or is not a relative path with forward slashes"
    return None


def _name_mistake(name: str, earlier: list[str]) -> str | None:
    if keyword.iskeyword(name):
        return "is a Python keyword"
    if not name.isidentifier():
        return "is not a Python identifier, so it cannot name a module"
    if name.startswith("_"):
        return "starts with an underscore, which is kept for modules of our own"
    if any(name.casefold() == other.casefold() for other in earlier):
        return "differs from another domain by case only"
    return None


def _shadow(glob: str, earlier: list[tuple[str, str]]) -> str | None:
    for other, domain in earlier:
        if glob == other:
            return f"is given twice, first for domain {domain!r}"
        if covers(other, glob):
            return f"never matches: {other!r} of domain {domain!r} comes first"
    return None
