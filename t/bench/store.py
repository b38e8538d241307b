"""Samples on disk: a run that was broken off goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path

Samples = dict[str, dict[str, list[dict[str, float]]]]


class Store:
    def __init__(self, path: Path, resume: bool) -> None:
        self.path = path
        self.samples: Samples = {}  # by measure, by system
        self.notes: dict[str, str] = {}  # "measure: system" and why not
        self.about: dict[str, str] = {}  # of the machine and the run
        if resume and path.exists():
            self.__dict__.update(json.loads(path.read_text()), path=path)

    def save(self) -> None:
        kept = {k: v for k, v in self.__dict__.items() if k != "path"}
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(kept, indent=1))
        fresh.rename(self.path)

    def of(self, measure: str, system: str) -> list[dict[str, float]]:
        return self.samples.setdefault(measure, {}).setdefault(system, [])

    def add(self, measure: str, system: str, sample: dict[str, float]) -> None:
        self.of(measure, system).append(sample)
        self.notes.pop(f"{measure}: {system}", None)
        self.save()

    def note(self, measure: str, system: str, why: str) -> None:
        self.notes[f"{measure}: {system}"] = why
        self.save()
