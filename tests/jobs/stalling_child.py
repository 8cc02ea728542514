"""The process of a job, which never comes to the end of the stage that its name tells: "render stalls"."""

import os
from pathlib import Path

from posespotter.jobs import child as job_child
from posespotter.jobs.stages import Job


def stall(self, stage, tell):
    if self.request.name != f"{stage} stalls":
        return
    Path(self.workspace / "pid").write_text(str(os.getpid()))
    tell(self.request.name, 1, 100)
    while True:  # busy, as in a network or a decoder
        pass


if __name__ == "__main__":
    Job.perform = stall
    job_child.main()
