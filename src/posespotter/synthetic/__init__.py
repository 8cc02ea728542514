"""Stick figures that exercise and fall in front of a camera, with the truth known: for the sample and for tests."""
