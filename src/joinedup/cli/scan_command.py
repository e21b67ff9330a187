"""The verb `joinedup scan`, which needs no site."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from joinedup.cli.console import Failed, progress, put_json

if TYPE_CHECKING:
    from joinedup.offline.scan.run import ScanRun


FILE = click.Path(path_type=Path)
ENDINGS = (".html", ".json", ".csv")


@click.command()
@click.option(
    "--cases", required=True, type=FILE, help="CSV: area, period, count. A blank count is not known."
)
@click.option(
    "--places", required=True, type=FILE, help="CSV: area, latitude, longitude; or area, x, y in metres."
)
@click.option(
    "--population", type=FILE, help="CSV for poisson: area, population, and period where it changes."
)
@click.option("--controls", type=FILE, help="CSV for bernoulli: area, period, count.")
@click.option(
    "--model",
    required=True,
    type=click.Choice(["poisson", "permutation", "bernoulli"]),
    help="Against residents; against each area's own past; against controls.",
)
@click.option("--prospective", is_flag=True, help="Only what lasts to the end of the data.")
@click.option("--spatial", is_flag=True, help="Only places, over the whole time.")
@click.option("--temporal", is_flag=True, help="Only times, for all areas together.")
@click.option(
    "--covariates", default="", metavar="NAME,…", help="Columns of cases and population, as age,sex."
)
@click.option(
    "--interpolate/--hold",
    default=True,
    show_default=True,
    help="Between two figures of population take a straight line, or hold on to the earlier one.",
)
@click.option("--high", is_flag=True, help="More cases than expected; the usual, unless --low is given.")
@click.option("--low", is_flag=True, help="Fewer cases than expected; with --high, both.")
@click.option("--max-share", default=0.5, show_default=True, type=click.FloatRange(0, 1, min_open=True),
              help="The largest share of what is counted in a circle.")  # fmt: skip
@click.option("--max-km", type=click.FloatRange(0, min_open=True), help="The longest radius.")
@click.option(
    "--max-periods", default=12, show_default=True, type=click.IntRange(1), help="The longest time."
)
@click.option(
    "--min-periods", default=1, show_default=True, type=click.IntRange(1), help="The shortest time."
)
@click.option("--min-cases", default=2, show_default=True, type=click.IntRange(1), help="The fewest cases.")
@click.option("--replications", default=999, show_default=True, type=click.IntRange(0, 1_000_000),
              help="How often to try what chance does.")  # fmt: skip
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0, 2**63 - 1),
              help="The same seed gives the same answer.")  # fmt: skip
@click.option("--seasons", is_flag=True, help="Compare months with the same months of other years.")
@click.option("--step", "steps", multiple=True, metavar="PERIOD",
              help="From here on counting changed for a known reason. May be given again.")  # fmt: skip
@click.option("--stop-after", type=click.IntRange(1), metavar="H",
              help="Stop when so many replications are as high as the best window.")  # fmt: skip
@click.option("--threads", default=0, type=click.IntRange(0, 1024), help="0 for all there are.")
@click.option("--dask", metavar="ADDRESS",
              help="Scheduler of a Dask cluster to spread the replications over: tcp://host:8786.")  # fmt: skip
@click.option("--outside-uk", is_flag=True,
              help="Take places that are not in the United Kingdom as they are.")  # fmt: skip
@click.option("--empty-months-are-real", is_flag=True,
              help="A month without any case is zero; otherwise a file is taken to be missing.")  # fmt: skip
@click.option("--explain", is_flag=True, help="Say in words what was asked and what the answer means.")
@click.option("--output", type=FILE, help="Write a .html (with a map), .json or .csv file as well.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def scan(**given: Any) -> None:
    """Where and when counts stand out, from CSV files, without a site.

    Example: joinedup scan --cases cases.csv --places places.csv --model permutation --prospective
    """
    from joinedup.offline.delimited import Refused
    from joinedup.offline.scan.request import ScanRequest
    from joinedup.offline.scan.run import scan_files

    output, explain, as_json = (given.pop(name) for name in ("output", "explain", "as_json"))
    if output is not None and output.suffix.lower() not in ENDINGS:
        raise click.UsageError(f"The output file must end in .html, .json or .csv; “{output.name}” does not.")
    _check(given)
    request = ScanRequest(
        shape=_shape(given),
        covariates=tuple(
            dict.fromkeys(word for each in given.pop("covariates").split(",") if (word := each.strip()))
        ),
        **given,
    )
    try:
        with progress(quiet=as_json) as say:
            found = scan_files(request, say)
        if explain:
            found.document["explanation"] = "\n\n".join(found.explanation)
        if output is not None:
            _write(found, output)
    except Refused as error:
        raise Failed(str(error)) from error
    if as_json:
        put_json(found.document)
        return
    for line in found.lines(explain=explain):
        click.echo(line)
    if output is not None:
        click.echo(f"\nWritten to {output}.")


def _check(given: dict[str, Any]) -> None:
    """Check combinations of options."""
    if any(isinstance(value, float) and not math.isfinite(value) for value in given.values()):
        raise click.UsageError("--max-share and --max-km take plain numbers.")
    if given["model"] == "poisson" and given["population"] is None:
        raise click.UsageError("The model poisson needs --population.")
    if given["model"] == "bernoulli" and given["controls"] is None:
        raise click.UsageError("The model bernoulli needs --controls.")
    if given["covariates"].strip(", ") and given["model"] != "poisson":
        raise click.UsageError("--covariates go with the model poisson only.")
    if given["min_periods"] > given["max_periods"]:
        raise click.UsageError("--min-periods may not be more than --max-periods.")


def _shape(given: dict[str, Any]) -> str:
    chosen = [name for name in ("prospective", "spatial", "temporal") if given.pop(name)]
    if len(chosen) > 1:
        raise click.UsageError(f"Choose one of --{' and --'.join(chosen)}.")
    if given["model"] == "permutation" and chosen and chosen[0] != "prospective":
        raise click.UsageError(
            "The model permutation cannot look at places alone or at time alone: leave out "
            f"--{chosen[0]}, or take another model."
        )
    return chosen[0] if chosen else "retrospective"


def _write(found: ScanRun, path: Path) -> None:
    """Write the result in the format of the file's suffix. Raises `Refused`."""
    import json

    from joinedup.offline.atomic_write import write_files
    from joinedup.offline.delimited import csv_text
    from joinedup.offline.scan.cluster_rows import COLUMNS, csv_rows

    if path.suffix.lower() == ".csv":
        text = csv_text(list(COLUMNS), csv_rows(found.clusters))
    elif path.suffix.lower() == ".html":
        text = found.page()
    else:
        text = json.dumps(found.document, ensure_ascii=False, indent=2)
    write_files({path: text})
