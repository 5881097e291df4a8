"""Texts in every language of the policy. What is missing becomes a finding, not a gap that a visitor would see."""

from collections.abc import Iterable, Mapping
from typing import Any

from consent.catalogue import texts as catalogue
from consent.policies import locales
from consent.policies.findings import Finding

Everywhere = dict[str, str]
Source = str | Mapping[str, str]


class Translation:
    """Spreads texts over the languages of one policy and collects what is missing in `findings`."""

    def __init__(self, languages: Iterable[str]) -> None:
        self.languages = list(dict.fromkeys(languages))
        self.findings: list[Finding] = []

    def of(self, source: Source, path: str) -> Everywhere:
        """{language: text} for every language; a plain string is the same in each."""
        if isinstance(source, str):
            return dict.fromkeys(self.languages, source)
        for language in self.languages:
            if language not in source:
                self._missing(path, language, "own")
        return {language: source.get(language, "") for language in self.languages}

    def maybe(self, source: Source | None, path: str) -> Everywhere | None:
        return None if source is None else self.of(source, path)

    def catalogued(self, kind: str, key: str, path: str) -> Everywhere:
        """A text of the catalogue. Where it lacks a language, the policy has to say it itself."""
        known = catalogue.text(kind, key)
        for language in self.languages:
            if language not in known:
                self._missing(path, language, "catalogue")
        return {language: known.get(language, "") for language in self.languages}

    def named(self, source: Source, path: str) -> Everywhere:
        """A name of the catalogue: where a language has none of its own, the English one."""
        if isinstance(source, str):
            return self.of(source, path)
        return {language: source.get(language, source["en"]) for language in self.languages}

    def banner(self, overrides: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
        """The built-in texts of the banner with the policy's own on top."""
        return {language: self._banner_in(language, overrides.get(language, {})) for language in self.languages}

    def _banner_in(self, language: str, own: Mapping[str, str]) -> dict[str, str]:
        known = {**locales.built_in(language), **own}
        for key in locales.reference_keys():
            if key not in known:
                self._missing(f"texts.{language}.{key}", language, "banner")
        return {key: known.get(key, "") for key in locales.reference_keys()}

    def category(self, category: Mapping[str, Any], field: str, path: str) -> Everywhere:
        known = {**locales.category_texts(category["id"], field), **category.get(field, {})}
        return self.of(known, f"{path}.{field}")

    def _missing(self, path: str, language: str, case: str) -> None:
        self.findings.append(Finding("translation_missing", path, {"language": language}, case))
