"""Where and when counts are unusually high (or low): the space-time scan statistic, and how far chance explains it.

    answer = scan(ScanCounts(...), Question(model=Model.PERMUTATION, shape=Shape.PROSPECTIVE))

Method: Kulldorff, "A spatial scan statistic" (1997); Kulldorff and others, "A space-time permutation scan statistic
for disease outbreak detection" (2005).
"""

from joinedup.engines.scan.engine import scan
from joinedup.engines.scan.question import Cluster, Impossible, Model, Question, ScanCounts, ScanResult, Shape

VERSION = "2"

__all__ = [
    "VERSION",
    "Cluster",
    "Impossible",
    "Model",
    "Question",
    "ScanCounts",
    "ScanResult",
    "Shape",
    "scan",
]
