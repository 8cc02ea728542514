"""Runs from the queue to the library and out of it again, on SQLite and PostgreSQL."""


def test_smoke(library):
    run = library.begin("estimate", "walk.mp4")
    assert library.runs() == [run]
