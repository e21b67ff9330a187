"""The scan in plain Python: every circle, every window, a logarithm each, no tricks."""

from __future__ import annotations

import math


def distance(a, b, degrees):
    if not degrees:
        return math.dist(a, b) / 1000
    (lat1, lon1), (lat2, lon2) = (map(math.radians, a), map(math.radians, b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(min(1.0, h)))


def ratio(c, mu, total, people=None):
    def part(x, m):
        return x * math.log(x / m) if x > 0 else 0.0

    found = part(c, mu) + part(total - c, total - mu)
    if people is not None:
        inside = mu * people / total
        share = 1 - total / people
        found += part(round(inside) - c, inside * share)
        found += part(people - total - (round(inside) - c), (people - inside) * share)
    return found


def circles_of(position, degrees, weight, share, max_km):
    """For each centre the sets of areas within each radius, smallest first, up to the first that is too heavy."""
    limit = share * sum(weight) * (1 + 1e-12)
    for centre in range(len(position)):
        apart = [distance(position[centre], each, degrees) for each in position]
        for radius in sorted({round(d, 7) for d in apart}):
            inside = [i for i, d in enumerate(apart) if round(d, 7) <= radius]
            if sum(weight[i] for i in inside) > limit or (max_km is not None and radius > max_km + 1e-7):
                break
            yield centre, radius, frozenset(inside)


def windows_of(periods, shortest, longest, prospective):
    for start in range(periods):
        for end in range(start, periods):
            if shortest <= end - start + 1 <= longest and (not prospective or end == periods - 1):
                yield start, end


def every_window(position, degrees, weight, cases, expected, total, people, *, share, max_km, shortest, longest,
                 prospective, high, low, least):  # fmt: skip
    """(ratio, areas, start, end, observed, expected, is high) of every window that may be a cluster."""
    periods = len(cases[0])
    for _centre, _radius, inside in circles_of(position, degrees, weight, share, max_km):
        for start, end in windows_of(periods, shortest, longest, prospective):
            c = sum(cases[i][t] for i in inside for t in range(start, end + 1))
            mu = sum(expected[i][t] for i in inside for t in range(start, end + 1))
            if abs(c - mu) <= 1e-9 * mu:
                continue
            if (high and c > mu and c >= least) or (low and c < mu):
                yield ratio(c, mu, total, people), inside, start, end, c, mu, c > mu


def highest(found):
    return max((each[0] for each in found), default=0.0)


def clusters(found):
    """The best, then the best that shares no area with those before; the smaller window where ratios are equal."""
    left = [each for each in found if each[0] > 1e-9]
    while left:
        top = max(each[0] for each in left)
        equal = [each for each in left if each[0] >= top * (1 - 1e-11)]
        best = min(equal, key=lambda each: (len(each[1]), each[3] - each[2], each[2]))
        yield best
        left = [each for each in left if not each[1] & best[1]]
