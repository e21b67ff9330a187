"""Each to a place of their own."""


def matching(choices: list[list[int]]) -> int:
    """The most groups that can each have a table of their own (augmenting paths)."""
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
