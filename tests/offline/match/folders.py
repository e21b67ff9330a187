"""Folders of CSV files for tests of `joinedup match`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from joinedup.offline.match.input_files import Shipped
from joinedup.offline.match.run import MatchRun, Request
from joinedup.offline.match.run import match as run

AS_OF = date(2018, 10, 8)
FILES = {
    "places": "code,name,kind,parent,latitude,longitude,population\nb,Borough,borough,,51.5,-0.1,\"1,000\"\n",
    "needs": "place,theme,need,people_at_risk,trend,cluster\nb,exclusion,0.8,120,0.3,true\nx,exclusion,0.9,10,,\n",
    "partners": "id,name,sector,places,themes\nclub,=The Club,vcs,b,exclusion; drugs\nschool,School,education,b;x,\n",
    "initiatives": (
        "id,name,partner,co_partners,places,themes,level,age_from,age_to,reach_per_year,starts,ends,evidence,offers,result\n"
        "i,Boxing,club,,b,exclusion,secondary,10,17,20,2018-01-01,31/12/2018,,,\n"
    ),
    "offers": (
        "id,name,provider,kind,themes,sectors,via_sectors,places,opens,closes,amount_gbp,last_checked\n"
        "o,Fund,Home Office,fund,exclusion,education,,,,2018-11-30,20000,2018-10-01\n"
    ),
    "links": "partner_a,partner_b,strength,since\n",
    "asks": (
        "id,partner,kind,themes,places,text\n"
        "a1,club,need,,b,A room on Fridays\na2,school,offer,,b,Our hall is empty on Fridays\n"
    ),
    "mix": "theme,sector,weight\nexclusion,education,0.9\nexclusion,vcs,0.7\n",
}  # fmt: skip

# A register in which some of everything is not for everybody. What only the refuge's own people may read says Refuge.
PLAIN = {
    "places": ["code,name,kind", "b,Borough,borough", "c,Castle,borough"],
    "needs": [
        "place,theme,need,people_at_risk",
        "b,exclusion,0.8,120", "b,drugs,0.7,80", "c,exclusion,0.45,60", "c,drugs,0.9,60",
    ],
    "partners": [
        "id,name,sector,places,themes,marking",
        "club,Club,vcs,b,exclusion;drugs,", "school,School,education,b;c,exclusion,public",
        "team,Team,police,b,exclusion,Public",
    ],
    "initiatives": [
        "id,name,what,partner,co_partners,places,themes,age_from,age_to,reach_per_year,marking",
        "i,Boxing,Boxing with a mentor for boys after school,club,,b,exclusion,10,17,20,",
        "j,Classes,Homework with a mentor for boys after school,school,,b,exclusion,10,17,20,public",
    ],
    "offers": [
        "id,name,provider,kind,purpose,themes,sectors,closes,last_checked,marking",
        "o,Fund,Home Office,fund,A room for evenings on Fridays,drugs,vcs,2018-11-30,2018-10-01,",
        "g,Guide,Home Office,guidance,What works,exclusion,vcs,,2018-10-01,",
    ],
    "links": ["partner_a,partner_b,strength"],
    "mix": [
        "theme,sector,weight",
        "exclusion,education,0.9", "exclusion,vcs,0.7", "drugs,health,0.9", "drugs,vcs,0.7", "exclusion,police,0.8",
    ],
    "asks": [
        "id,partner,kind,what,themes,places,text,marking",
        "a1,club,need,room,drugs,b,A room on Fridays,", "a4,school,offer,room,,b,Our hall is empty on Fridays,",
    ],
    "answers": ["partner,place,theme,about,answer,scope,date", "team,b,exclusion,,not us,theme here,2018-05-01"],
    "contacts": ["partner,role", "club,Head coach"],
    "people": ["id,partner,event,opted_in", "ann,club,e,yes", "bea,school,e,yes"],
    "spotted": [
        "id,place,theme,parties,sentence",
        "s1,b,drugs,school;team,The school and the officers share a gate",
    ],
}  # fmt: skip
NAMED = {
    "partners": ["refuge,Refuge House,health,b,exclusion;drugs,named"],
    "initiatives": [
        "r1,Refuge work,Nights with a mentor for Refuge boys after school,refuge,,b,drugs,10,17,60,public",
        "r2,Refuge with Club,Refuge evenings,club,refuge,b,drugs,10,17,10,named",
    ],
    "offers": [
        "p,Refuge fund,refuge,fund,A room for nights on Fridays,drugs,vcs,2018-11-30,2018-10-01,",
        "q,Refuge grant,Refuge House,fund,A room for nights on Fridays,drugs,vcs,2018-11-30,2018-10-01,public",
        "s,Refuge secret,Home Office,fund,A room for nights on Fridays,drugs,vcs,2018-11-30,2018-10-01,most secret",
    ],
    "links": ["refuge,club,0.9"],
    "asks": ["a2,refuge,offer,room,drugs,b,Our Refuge hall is free on Fridays,"],
    "answers": ["refuge,b,exclusion,,interested,this,2018-05-01"],
    "contacts": ["refuge,Refuge manager"],
    "people": ["cat,refuge,e,yes"],
    "spotted": [
        "s2,b,drugs,refuge,Somebody should ask about nights",
        "s3,b,drugs,club,Club could talk with Refuge House about nights",
    ],
}  # fmt: skip
SHARED = {
    "partners": ["quiet,Quiet House,health,b,drugs,partnership"],
    "initiatives": ["k,Quiet evenings,Quiet evenings with a nurse,club,quiet,b,drugs,10,17,5,partnership"],
    "offers": [
        "t,Quiet grant,quiet,fund,A room for nights on Fridays,drugs,vcs,2018-11-30,2018-10-01,partnership"
    ],
    "asks": ["a3,quiet,offer,people,drugs,b,A nurse from Quiet House on Fridays,"],
    "links": ["quiet,school,0.5"],
}


SHIPPED = Shipped(
    themes=lambda: pl.DataFrame(
        {"theme": ["trusted-adult", "safe-places"], "name": ["Mentoring and a trusted adult", "Safe places"]}
    ),
    sectors=lambda: pl.DataFrame({"sector": ["vcs", "police"], "name": ["Voluntary sector", "Police"]}),
    around=lambda cells: pl.DataFrame(
        {
            "code": ["E06000001", "E06000002"], "name": ["North", "South"], "kind": ["local_authority"] * 2,
            "parent": [None, None], "latitude": [52.0, 52.3], "longitude": [0.0, 0.0],
        },
        schema={
            "code": pl.String, "name": pl.String, "kind": pl.String, "parent": pl.String, "latitude": pl.Float64,
            "longitude": pl.Float64,
        },
    ).filter(pl.Series([any(name in cell for cell in cells) for name in ("North", "South")])),
)  # fmt: skip


def match(folder: Path, as_of: date | None = AS_OF, output: Path | None = None, **asked: Any) -> MatchRun:
    """A run with what ships above, not with the country."""
    return run(folder, as_of, output, Request(**asked), SHIPPED)


def fill(path: Path, *layers: dict[str, list[str]]) -> Path:
    """A folder with the rows of these layers, one on the other."""
    path.mkdir()
    for name in PLAIN:
        rows = [row for layer in layers for row in layer.get(name, [])]
        (path / f"{name}.csv").write_text("\n".join(rows) + "\n")
    return path


def replace_row(folder: Path, table: str, old: str, new: str) -> None:
    path = folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8-sig")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def document(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
