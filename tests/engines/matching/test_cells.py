import pytest

from joinedup.engines.matching.cells import CellState, state_of


@pytest.mark.parametrize(
    ("need", "initiatives", "perhaps", "known", "said"),
    [
        (None, 3, 0, True, CellState.UNKNOWN),
        (0.0, 0, 0, True, CellState.LITTLE),
        (0.39, 0, 0, False, CellState.LITTLE),
        (0.4, 0, 0, True, CellState.NONE),
        (0.4, 1, 0, True, CellState.SOME),
        (0.5, 0, 0, True, CellState.GAP),
        (0.5 - 1e-12, 0, 0, True, CellState.GAP),
        (0.5, 0, 0, False, CellState.ASK),
        # Whatever is recorded on it is action: how much of the need it meets is never said.
        (0.9, 1, 0, True, CellState.SOME),
        (1.0, 1, 4, False, CellState.SOME),
        # Action whose theme or place is not recorded may be on this: no cell is then without action.
        (1.0, 0, 1, True, CellState.ASK),
        (0.4, 0, 1, True, CellState.ASK),
        (0.39, 0, 1, True, CellState.LITTLE),
    ],
)
def test_what_a_cell_says(
    need: float | None, initiatives: int, perhaps: int, known: bool, said: CellState
) -> None:
    assert state_of(need, initiatives, perhaps, known=known) == said
