from dataclasses import replace

import numpy as np
import pytest

from joinedup.engines.scan import Impossible, Model, Question, ScanCounts, Shape, scan
from joinedup.engines.scan.null_model import ground_of
from joinedup.engines.scan.simulate import chance_for
from tests.engines.scan import twin

MODELS = list(Model)
SHAPES = list(Shape)


def a_world(seed, *, areas=9, periods=6, kind="plain"):
    random = np.random.default_rng(seed)
    position = random.uniform(0, 20_000, (areas, 2))
    if kind == "ties":
        position = np.array([(1000 * (i % 3), 1000 * (i // 3)) for i in range(areas)], float)
        position[-1] = position[0]
    cases = random.poisson(random.uniform(0.2, 3.0, (areas, 1)) * np.ones(periods))
    if kind == "empty areas":
        cases[::2] = 0
    if kind == "one cell":
        cases[:] = 0
        cases[areas // 2, periods // 2] = 12
    if kind == "planted":
        cases[:3, -2:] += 9
    if cases.sum() < 2:
        cases[0, 0] += 3
    return ScanCounts(
        areas=[f"area {i}" for i in range(areas)],
        position=position,
        periods=[f"2024-{t + 1:02}" for t in range(periods)],
        days=np.array([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][:periods], float),
        cases=cases,
        known=random.random((areas, periods)) > 0.1 if kind == "missing" else None,
        population=random.integers(50, 400, (areas, 1)) * np.ones(periods),
        controls=random.poisson(2.0, (areas, periods)) + 1,
    )


def asked_of_twin(world, question, cases=None):
    ground = ground_of(world, question)
    counts = ground.cases if cases is None else cases
    spatial, temporal = question.shape is Shape.SPATIAL, question.shape is Shape.TEMPORAL
    position = [(0.0, 0.0)] if temporal else [tuple(each) for each in world.position]
    weight = [1.0] if temporal else list(ground.weight)
    found = twin.every_window(
        position,
        world.degrees,
        weight,
        counts.tolist(),
        ground.expected.tolist(),
        ground.total,
        ground.people if question.model is Model.BERNOULLI else None,
        share=1.0 if temporal else question.max_share,
        max_km=None if temporal else question.max_km,
        shortest=1 if spatial else question.min_periods,
        longest=1 if spatial else question.max_periods,
        prospective=question.shape is Shape.PROSPECTIVE,
        high=question.high,
        low=question.low,
        least=question.min_cases,
    )
    return list(found)


@pytest.mark.parametrize("kind", ["plain", "ties", "empty areas", "one cell", "planted", "missing"])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("shape", SHAPES)
def test_agrees_with_the_slow_twin(model, shape, kind):
    if model is Model.PERMUTATION and shape in (Shape.SPATIAL, Shape.TEMPORAL):
        with pytest.raises(Impossible, match="cannot look at places alone or at time alone"):
            scan(a_world(1, kind=kind), Question(model=model, shape=shape))
        return
    for seed in range(3):
        world = a_world(seed, kind=kind)
        question = Question(
            model=model,
            shape=shape,
            max_share=0.6,
            max_periods=4,
            low=seed == 1,
            high=seed != 2 or kind != "plain",
            replications=5,
            seed=seed,
        )
        if not question.high:
            question = replace(question, low=True)
        answer = scan(world, question)
        slow = list(twin.clusters(asked_of_twin(world, question)))
        if shape is Shape.TEMPORAL:
            slow = slow[:1]
        assert len(answer.clusters) == len(slow)
        for mine, (ratio, inside, start, end, c, mu, is_high) in zip(answer.clusters, slow, strict=True):
            assert mine.llr == pytest.approx(ratio, rel=1e-9, abs=1e-9)
            assert (mine.observed, mine.is_high) == (c, is_high)
            assert mine.expected == pytest.approx(mu, rel=1e-9)
            if shape is not Shape.TEMPORAL:
                assert set(mine.areas) == inside
            if shape is not Shape.SPATIAL:
                assert (mine.start, mine.end) == (start, end)
        first = len(world.periods) - question.max_periods if shape is Shape.PROSPECTIVE else 0
        chance = chance_for(ground_of(world, question), first)
        drawn = [chance.draw(seed, each) for each in range(5)]
        maxima = [twin.highest(asked_of_twin(world, question, counts)) for counts in drawn]
        assert answer.null_maxima == pytest.approx(maxima, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("shape", [Shape.RETROSPECTIVE, Shape.PROSPECTIVE])
@pytest.mark.parametrize("low", [False, True])
def test_highest_of_many_replications_in_a_larger_world(model, shape, low):
    """Large enough that circles are looked at in stretches: skipping must not lose the highest."""
    random = np.random.default_rng(5)
    world = a_world(5, areas=40, periods=5)
    world = replace(
        world,
        cases=random.poisson(60, world.cases.shape),
        controls=random.poisson(90, world.cases.shape),
    )
    question = Question(
        model=model, shape=shape, max_share=0.5, max_periods=3, high=not low, low=low, replications=6,
        min_periods=2,
    )  # fmt: skip
    assert_null_maxima(world, question)


def test_more_lengths_than_a_word_has_bits():
    question = Question(shape=Shape.PROSPECTIVE, max_share=0.7, max_periods=70, replications=6)
    assert_null_maxima(a_world(2, areas=5, periods=72), question)


def assert_null_maxima(world, question):
    first = len(world.periods) - question.max_periods if question.shape is Shape.PROSPECTIVE else 0
    chance = chance_for(ground_of(world, question), first)
    maxima = [twin.highest(asked_of_twin(world, question, chance.draw(1, each))) for each in range(6)]
    assert scan(world, question).null_maxima == pytest.approx(maxima, rel=1e-9)


@pytest.mark.parametrize(("areas", "periods"), [(1, 6), (9, 1), (1, 1)])
@pytest.mark.parametrize("model", MODELS)
def test_one_area_and_one_period(model, areas, periods):
    world = a_world(3, areas=areas, periods=periods)
    question = Question(model=model, max_share=1.0, replications=9)
    slow = list(twin.clusters(asked_of_twin(world, question)))
    assert [each.observed for each in scan(world, question).clusters] == [each[4] for each in slow]


@pytest.mark.parametrize("model", MODELS)
def test_same_seed_same_answer_whatever_the_threads(model):
    world = a_world(4, kind="planted")
    one, two, other = (
        scan(world, Question(model=model, replications=99, seed=seed, threads=threads))
        for seed, threads in ((7, 1), (7, 2), (8, 2))
    )
    assert (one.null_maxima == two.null_maxima).all()
    assert one.clusters == two.clusters
    assert not (one.null_maxima == other.null_maxima).all()


@pytest.mark.parametrize("model", MODELS)
def test_draws_are_what_the_model_says(model):
    """Every draw keeps the sums it has to keep, and the mean of many is what is expected."""
    world = a_world(6, areas=4, periods=3)
    world = replace(world, cases=world.cases + 40, controls=world.controls + 60)
    ground = ground_of(world, Question(model=model))
    chance = chance_for(ground)
    drawn = np.array([chance.draw(1, each) for each in range(4000)])
    assert (drawn.sum(axis=(1, 2)) == ground.total).all()
    if model is Model.PERMUTATION:
        assert (drawn.sum(axis=1) == ground.cases.sum(axis=0)).all()
        assert (drawn.sum(axis=2) == ground.cases.sum(axis=1)).all()
    share = ground.expected / ground.total
    if model is Model.POISSON:
        spread = ground.total * share * (1 - share)
    elif model is Model.BERNOULLI:
        each = ground.each / ground.people
        spread = ground.total * each * (1 - each) * (ground.people - ground.total) / (ground.people - 1)
    else:
        rows, columns = ground.cases.sum(axis=1, keepdims=True), ground.cases.sum(axis=0, keepdims=True)
        spread = (
            rows * columns * (ground.total - rows) * (ground.total - columns)
            / (ground.total**2 * (ground.total - 1))
        )  # fmt: skip
    assert np.abs((drawn.mean(axis=0) - ground.expected) / np.sqrt(spread / 4000)).max() < 4.0
    assert drawn.var(axis=0) == pytest.approx(spread, rel=0.12)


def test_a_draw_of_the_last_periods_is_as_of_all():
    world = a_world(6, areas=4, periods=6)
    ground = ground_of(replace(world, cases=world.cases + 60), Question(model=Model.POISSON))
    late = np.array([chance_for(ground, 4).draw(1, each) for each in range(3000)])[:, :, 4:]
    share = ground.expected[:, 4:] / ground.total
    spread = ground.total * share * (1 - share)
    assert np.abs((late.mean(axis=0) - ground.expected[:, 4:]) / np.sqrt(spread / 3000)).max() < 4.0
    assert late.var(axis=0) == pytest.approx(spread, rel=0.12)
    together = float(share.sum())
    assert late.sum(axis=(1, 2)).var() == pytest.approx(ground.total * together * (1 - together), rel=0.12)


def test_two_cells_of_a_draw_vary_together_as_they_should():
    ground = ground_of(a_world(8, areas=3, periods=2), Question(model=Model.POISSON))
    chance = chance_for(ground)
    drawn = np.array([chance.draw(2, each).ravel() for each in range(8000)])
    share = (ground.expected / ground.total).ravel()
    expected = -ground.total * share[0] * share[3]
    assert np.cov(drawn[:, 0], drawn[:, 3])[0, 1] == pytest.approx(
        expected, abs=4 * ground.total / 8000**0.5 * 0.2
    )


def test_p_values_of_chance_are_even():
    """Where nothing stands out, a p-value below a tenth comes in a tenth of the worlds."""
    base = a_world(1, areas=6, periods=4)
    chance = chance_for(ground_of(base, Question(model=Model.POISSON)))
    found = []
    for each in range(200):
        world = replace(base, cases=chance.draw(99, each))
        clusters = scan(world, Question(model=Model.POISSON, replications=19, seed=each)).clusters
        found.append(clusters[0].p if clusters else 1.0)
    assert 0.05 <= np.mean(np.array(found) <= 0.1) <= 0.16


def test_stopping_early_keeps_the_first_replications():
    world = a_world(2)
    whole = scan(world, Question(replications=399))
    early = scan(world, Question(replications=399, stop_after=5))
    count = len(early.null_maxima)
    assert count < 399
    assert (early.null_maxima == whole.null_maxima[:count]).all()
    assert (early.null_maxima >= early.clusters[0].llr * (1 - 1e-11)).sum() == 5
    assert early.notes


def test_seasons_and_steps_explain_themselves():
    world = a_world(3, areas=5, periods=8)
    cases = np.full((5, 8), 20)
    cases[:, 4:] = 60
    world = replace(world, cases=cases, days=np.full(8, 30.0), population=np.full((5, 8), 100.0))
    asked = Question(model=Model.POISSON, replications=0)
    assert scan(world, asked).clusters[0].llr > 40
    assert scan(world, replace(asked, steps=("2024-05",))).clusters == ()
    with pytest.raises(Impossible, match="2030-01 is not one of the periods"):
        scan(world, replace(asked, steps=("2030-01",)))
    seasons = np.array([0, 1, 2, 3, 4, 5, 6, 7])
    assert scan(world, replace(asked, seasons=seasons)).clusters == ()


def test_covariates_explain_what_they_can():
    population = np.full((2, 4, 3), 100.0)
    population[1, 0] = 900.0
    strata = np.array([np.full((4, 3), 2), np.full((4, 3), 4)])
    strata[1, 0] = 36
    world = ScanCounts(
        areas=list("abcd"), position=np.array([(0, 0), (9e3, 0), (0, 9e3), (9e3, 9e3)], float),
        periods=["2021", "2022", "2023"], days=np.full(3, 365.0), cases=strata.sum(axis=0),
        population=population.sum(axis=0), strata_cases=strata, strata_population=population,
    )  # fmt: skip
    assert scan(world, Question(model=Model.POISSON, replications=0)).clusters == ()


@pytest.mark.parametrize(
    ("change", "question", "sentence"),
    [
        ({"cases": np.zeros((9, 6), int)}, Question(), "fewer than two cases"),
        ({"population": None}, Question(model=Model.POISSON), "there is none"),
        ({"controls": None}, Question(model=Model.BERNOULLI), "there are none"),
        ({"controls": np.zeros((9, 6), int)}, Question(model=Model.BERNOULLI), "There are no controls"),
        ({"population": np.zeros((9, 6))}, Question(model=Model.POISSON), "but no population"),
        ({}, Question(min_periods=9), "none may be longer than 6"),
    ],
)
def test_what_cannot_be_answered_is_said(change, question, sentence):
    with pytest.raises(Impossible, match=sentence):
        scan(replace(a_world(1), **change), question)


def test_prospective_recurrence():
    world = a_world(4, kind="planted")
    found = scan(world, Question(shape=Shape.PROSPECTIVE, replications=99)).clusters[0]
    assert found.recurrence_days == pytest.approx(np.mean(world.days) / found.p)
    assert 0 < found.tail_p < 1


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("times", [1.0, 2.0])
def test_counts_that_vary_more_than_by_chance_are_told(times, missing):
    """Areas of all sizes and months of all lengths, whose counts have `times` the variance of Poisson counts."""
    random = np.random.default_rng(9)
    mean = random.uniform(5, 60, (150, 1)) * random.uniform(0.7, 1.3, 24)
    counts = random.poisson(mean) if times == 1 else random.negative_binomial(mean / (times - 1), 1 / times)
    world = ScanCounts(
        areas=list(range(150)), position=random.uniform(0, 20_000, (150, 2)),
        periods=[str(month) for month in range(24)], days=np.full(24, 30.0), cases=counts,
        population=np.full((150, 24), 1500.0), known=random.random((150, 24)) > 0.02 if missing else None,
    )  # fmt: skip
    if missing:
        # Each pattern of missing months is compared within itself: three of them.
        world.known[:] = world.known[np.arange(150) % 3]
    for model in (Model.POISSON, Model.PERMUTATION):
        answer = scan(world, Question(model=model, shape=Shape.PROSPECTIVE, max_share=0.05, replications=99))
        assert answer.dispersion == pytest.approx(times, rel=0.06)
        divided = answer.clusters[0].llr / max(1.0, answer.dispersion)
        assert answer.clusters[0].adjusted_p == (1 + (answer.null_maxima >= divided).sum()) / 100


def test_how_much_counts_vary_is_not_told_where_too_few_can_tell():
    found = scan(a_world(1), Question(replications=9))
    assert (found.dispersion, found.clusters[0].adjusted_p) == (None, None)
    world = replace(a_world(1, areas=200, periods=1), population=np.ones((200, 1)))
    assert scan(world, Question(model=Model.POISSON, shape=Shape.SPATIAL, replications=9)).dispersion is None
