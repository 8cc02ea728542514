"""Tasks: one run from a source to its folder of artefacts; the command line, the jobs and the app call these."""
