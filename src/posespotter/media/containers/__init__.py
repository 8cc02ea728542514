"""Video containers: opened, surveyed, decoded, with times that go forward and pictures that stand upright."""
