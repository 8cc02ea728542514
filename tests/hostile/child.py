"""Runs the program on one case after the other, with painted models, and says of each how it ended, a JSON line each.

Started with the cases on stdin, a JSON list of lists of arguments. A case that hangs or ends this process is the first
without a line.
"""

import faulthandler
import io
import json
import os
import sys
import time
from contextlib import redirect_stderr, redirect_stdout

from tests.painted import PaintedDetector, PaintedPose

from posespotter.cli import main
from posespotter.estimation import estimator
from posespotter.models.load import Loaded

HANG_S = 100  # of a machine that does other things too; the time of the processor tells how long it really took


def run(arguments: list[str]) -> dict[str, object]:
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["posespotter", *arguments]
    began_s, code = time.process_time(), None
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code
    return {"code": code, "said": out.getvalue() + err.getvalue(), "seconds": time.process_time() - began_s}


def serve() -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print on their own
    estimator.load_detector = lambda *_: Loaded("painted", "0" * 64, PaintedDetector())
    estimator.load_pose_model = lambda *_: Loaded("painted", "1" * 64, PaintedPose())
    for arguments in json.load(sys.stdin):
        faulthandler.dump_traceback_later(HANG_S, exit=True)
        answers.write(json.dumps(run(arguments)) + "\n")


if __name__ == "__main__":
    serve()
