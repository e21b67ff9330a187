import pytest

from joinedup.engines.matching.cells import CellState, state_of


@pytest.mark.parametrize(
    ("need", "coverage", "initiatives", "sure", "said"),
    [
        (None, None, 3, True, CellState.UNKNOWN),
        (0.0, 0.0, 0, True, CellState.LITTLE),
        (0.39, 0.0, 0, False, CellState.LITTLE),
        (0.4, 0.0, 0, True, CellState.NONE),
        (0.4, 0.0, 1, True, CellState.SOME),
        (0.5, 0.0, 0, True, CellState.GAP),
        (0.5, 0.0, 0, False, CellState.ASK),
        (0.9, None, 1, True, CellState.ASK),
        (0.9, 0.5, 1, True, CellState.MET),
        (0.9, 0.5, 1, False, CellState.MET),
        (1.0, 0.5, 4, True, CellState.GAP),
        (0.9, 0.46, 1, True, CellState.SOME),
        (1.0, 0.5 + 1e-12, 1, True, CellState.GAP),
    ],
)
def test_what_a_cell_says(
    need: float | None, coverage: float | None, initiatives: int, sure: bool, said: CellState
) -> None:
    assert state_of(need, coverage, initiatives, sure=sure) == said
