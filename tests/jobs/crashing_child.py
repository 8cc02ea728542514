"""The process of a job, which a file called hostile.mp4 brings down as a flaw in a decoder would."""

import os
import signal

from posespotter.jobs import child as job_child
from posespotter.jobs.stages import Job

perform = Job.perform


def crash(self, stage, tell):
    if self.request.name == "hostile.mp4" and stage == "estimate":
        os.kill(os.getpid(), signal.SIGSEGV)
    perform(self, stage, tell)


if __name__ == "__main__":
    Job.perform = crash
    job_child.main()
