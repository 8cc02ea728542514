"""Attempts at a job: counted where it gets no further."""

from posespotter.jobs.attempts import MOST, begin_attempt, forgive_attempt


def test_attempts_count_only_without_progress(tmp_path):
    assert [begin_attempt(tmp_path, "estimate").count for _ in range(MOST + 1)] == [1, 2, 3, 4]
    assert begin_attempt(tmp_path, "render").count == 1  # another stage
    assert begin_attempt(tmp_path, "render", how="it was ended by SIGSEGV").how == "it was ended by SIGSEGV"
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "part-00000.parquet").touch()
    assert begin_attempt(tmp_path, "render").count == 1  # further on
    begin_attempt(tmp_path, "render")
    forgive_attempt(tmp_path)
    assert begin_attempt(tmp_path, "render").count == 2
    (tmp_path / "attempts.json").write_text("{")
    assert begin_attempt(tmp_path, "render").count == 1
