"""Models of poses and people: known by name, brought onto this machine, and run by ONNX Runtime."""
