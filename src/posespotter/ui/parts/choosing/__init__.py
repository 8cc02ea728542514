"""What pages ask before work begins: a clip, a model, a person, zones."""
