"""One module a file format: each turns a `PoseSequence` into a file, and back where the format can hold one."""
