"""The library: runs and their artefacts on disk, and the index that finds them."""

from posespotter.runs.run import KINDS, Run, RunKind, RunState
from posespotter.runs.store import Library, Usage
from posespotter.runs.upkeep import Reindexed, Swept

__all__ = ["KINDS", "Library", "Reindexed", "Run", "RunKind", "RunState", "Swept", "Usage"]
