"""Bipartite matching of groups to tables."""


def matching(choices: list[list[int]]) -> int:
    """The largest number of groups that can each have their own table (augmenting paths)."""
    taken: dict[int, int] = {}

    def find(group: int, seen: set[int]) -> bool:
        for table in choices[group]:
            if table not in seen:
                seen.add(table)
                if table not in taken or find(taken[table], seen):
                    taken[table] = group
                    return True
        return False

    return sum(find(group, set()) for group in range(len(choices)))
