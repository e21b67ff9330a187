"""What lies beside the register comes to the engine by the same places and themes, need in words."""

from pathlib import Path
from typing import Any

import pytest

from joinedup.offline.match.engine_inputs import Read, engine_inputs
from joinedup.offline.match.input_files import read_folder
from tests.offline.match.folders import AS_OF, SHIPPED


def read(folder: Path, **tables: str) -> Read:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text)
    return engine_inputs(read_folder(folder, SHIPPED), AS_OF)


NEED = "place,theme,need,stands_out,measured,value,unit,lower,upper,middle\n"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("0.5,,,,,,,", ("none", "", None)),
        ("0.7,,,,,,,", ("none", "high", None)),
        (",0.95,,,,,,", ("own", "stands out", None)),
        (",0.85,own,,,,,", ("own", "", None)),
        (",0.95,proxy,1.25,,,,", ("proxy", "", "1.25. This is a proxy.")),
        (",,shared,12,%,,,", ("shared", "", "12 %. Other themes rest on the same figure.")),
        (
            ',0.9,Own,1250,"crimes a year",1100,1400.5,980.25',
            (
                "own",
                "stands out",
                "1,250 crimes a year (95% interval 1,100 to 1,400); the middle of the places compared is 980.",
            ),
        ),
    ],
)
def test_need_in_words(plain: Path, cells: str, said: tuple[str, str, str | None]) -> None:
    (row,) = read(plain, needs=f"{NEED}b,drugs,{cells}\n").inputs.rows("needs")
    assert (row["measured"], row["verdict"], row["fact"]) == said


def test_a_place_and_a_theme_may_be_named_and_what_is_not_known_is_counted(plain: Path) -> None:
    found = read(
        plain,
        needs="place,theme,need,certainty\nBorough,Drugs,0.5,\nb,sailing,0.5,\nz,drugs,0.5,\nb,drugs,0.5,0.2\n",
        themes="theme,name\ndrugs,Drugs\nexclusion,Exclusion\n",
        mix="theme,sector,weight\nDrugs,vcs,0.9\n",
        approaches="approach,themes,harmful\nI1,drugs;Exclusion;flying,no\n",
        heard="place,theme,text\nb,drugs,More light\n",
        spotted="id,place,theme,parties,sentence\nr,b,,club;nobody,One\ns,b,,,Two\ns,b,,,Too\n,b,,,Three\nt,q,,,Four\n",
    )
    needs = [(row["place"], row["theme"]) for row in found.inputs.rows("needs")]
    assert needs == [("b", "drugs"), ("b", "sailing")]
    assert found.inputs.rows("mix")[0]["theme"] == "drugs"
    assert found.inputs.rows("approaches")[0]["themes"] == ["drugs", "exclusion"]
    assert found.inputs.rows("heard")[0]["text"] == "More light"
    assert [(row["id"], row["parties"]) for row in found.inputs.rows("spotted")] == [
        ("r", ["club"]),
        ("s", []),
    ]
    assert found.left_out == {
        "approaches: theme not known": 1,
        "needs: certainty under 0.3, so not known": 1,
        "needs: place not known": 1,
        "spotted: no id or sentence": 1,
        "spotted: partner not in partners": 1,
        "spotted: place not known": 1,
        "spotted: the same id again": 1,
    }


def test_what_the_law_requires_is_on_the_shelf(plain: Path) -> None:
    header = "id,name,kind,themes,sectors,closes,required_by_law\n"
    found: dict[str, Any] = {
        row["id"]: row["basis"]
        for row in read(
            plain,
            offers=header + "o,A fund,fund,drugs,vcs,2018-12-01,true\np,B fund,fund,drugs,vcs,2018-12-01,\n",
        ).inputs.rows("support")
    }
    assert found == {"o": "standing", "p": "dated"}
