"""The kinds of opportunity, each in a folder of its own. The order matters once: introductions come last, since
they are made of what the others found."""

from joinedup.engines.matching.kinds import (
    ask_meets_offer,
    introduction,
    join_up,
    missing_partner,
    shared_learning,
    unmet_need,
    untapped_support,
)
from joinedup.engines.matching.scene import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        unmet_need.KIND,
        untapped_support.KIND,
        join_up.KIND,
        missing_partner.KIND,
        shared_learning.KIND,
        ask_meets_offer.KIND,
        introduction.KIND,
    )
}
