"""The library: runs and their artefacts on disk, and the index that finds them."""

from posespotter.library.library import Library, Usage
from posespotter.library.runs import KINDS, Run, RunKind, RunState
from posespotter.library.upkeep import Reindexed, Swept

__all__ = ["KINDS", "Library", "Reindexed", "Run", "RunKind", "RunState", "Swept", "Usage"]
