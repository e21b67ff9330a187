"""An analyst's request for a scan: files and settings, as given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class ScanRequest:
    """`model` and `shape` are the engine's values; without `high` and `low`, high is meant."""

    cases: Path
    places: Path
    model: str
    population: Path | None = None
    controls: Path | None = None
    shape: str = "retrospective"
    covariates: tuple[str, ...] = ()
    high: bool = False
    low: bool = False
    max_share: float = 0.5
    max_km: float | None = None
    max_periods: int = 12
    min_periods: int = 1
    min_cases: int = 2
    replications: int = 999
    seed: int = 1
    seasons: bool = False
    steps: tuple[str, ...] = ()
    interpolate: bool = True
    stop_after: int | None = None
    threads: int = 0
    dask: str | None = None
    outside_uk: bool = False
    empty_months_are_real: bool = False

    @property
    def looks_high(self) -> bool:
        return self.high or not self.low

    @property
    def files(self) -> dict[str, Path]:
        """The files that the model reads, by their content."""
        found = {"cases": self.cases, "places": self.places}
        if self.model == "poisson" and self.population is not None:
            found["population"] = self.population
        if self.model == "bernoulli" and self.controls is not None:
            found["controls"] = self.controls
        return found

    def settings(self) -> dict[str, Any]:
        """For the document. Without threads and workers, which change the running time but not the answer."""
        return {
            "model": self.model,
            "shape": self.shape,
            "high": self.looks_high,
            "low": self.low,
            "covariates": list(self.covariates),
            "max_share": self.max_share,
            "max_km": self.max_km,
            "max_periods": self.max_periods,
            "min_periods": self.min_periods,
            "min_cases": self.min_cases,
            "replications": self.replications,
            "seed": self.seed,
            "seasons": self.seasons,
            "steps": list(self.steps),
            "interpolate": self.interpolate,
            "empty_months_are_real": self.empty_months_are_real,
            "stop_after": self.stop_after,
            "files": {name: path.name for name, path in self.files.items()},
        }
