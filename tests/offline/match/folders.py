"""Folders of CSV files for tests of `joinedup match`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

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
    "mix": "theme,sector,weight\nexclusion,education,0.9\nexclusion,vcs,0.7\n",
}  # fmt: skip

# A register in which some of everything is not for everybody. What only the refuge's own people may read says Refuge.
PLAIN = {
    "places": ["code,name,kind", "b,Borough,borough", "c,Castle,borough"],
    "needs": [
        "place,theme,need,people_at_risk",
        "b,exclusion,0.8,120", "b,drugs,0.7,80", "c,exclusion,0.45,60", "c,drugs,0.2,60",
    ],
    "partners": [
        "id,name,sector,places,themes,marking",
        "club,Club,vcs,b,exclusion;drugs,", "school,School,education,b;c,exclusion,public",
        "team,Team,police,b,exclusion,Public",
    ],
    "initiatives": [
        "id,name,partner,co_partners,places,themes,age_from,age_to,reach_per_year,offers,marking",
        "i,Boxing,club,,b,exclusion,10,17,20,,", "j,Classes,school,,b,exclusion,10,17,20,,public",
    ],
    "offers": [
        "id,name,provider,themes,sectors,closes,last_checked,marking",
        "o,Fund,Home Office,exclusion,education,2018-11-30,2018-10-01,",
    ],
    "links": ["partner_a,partner_b,strength"],
    "mix": [
        "theme,sector,weight",
        "exclusion,education,0.9", "exclusion,vcs,0.7", "drugs,health,0.9", "drugs,vcs,0.7", "exclusion,police,0.8",
    ],
    "asks": ["id,partner,kind,themes,places,text", "a1,club,need,drugs,b,a room"],
    "people": ["id,partner,event,opted_in", "ann,club,e,yes", "bea,school,e,yes"],
}  # fmt: skip
NAMED = {
    "partners": ["refuge,Refuge House,health,b,exclusion;drugs,named"],
    "initiatives": [
        "r1,Refuge work,refuge,,b,drugs,10,17,60,,public",
        "r2,Refuge with Club,club,refuge,b,drugs,10,17,10,,named",
    ],
    "offers": [
        "p,Refuge fund,refuge,drugs,,2018-11-30,2018-10-01,",
        "q,Refuge grant,Refuge House,drugs,,2018-11-30,2018-10-01,public",
        "s,Refuge secret,Home Office,drugs,,2018-11-30,2018-10-01,most secret",
    ],
    "links": ["refuge,club,0.9"],
    "asks": ["a2,refuge,offer,drugs,b,our Refuge hall"],
    "people": ["cat,refuge,e,yes"],
}
SHARED = {
    "partners": ["quiet,Quiet House,health,b,drugs,partnership"],
    "initiatives": ["k,Quiet evenings,club,quiet,b,drugs,10,17,5,p,partnership"],
    "offers": ["t,Quiet grant,quiet,drugs,,2018-11-30,2018-10-01,partnership"],
    "asks": ["a3,quiet,offer,drugs,b,a nurse from Quiet House"],
    "links": ["quiet,school,0.5"],
}


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
