"""Growing and measuring a fall classifier: labelled clips, examples, synthesis, the forest, and the protocol."""
