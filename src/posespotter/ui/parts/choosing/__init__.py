"""Questions of pages before work begins: a clip, a model, a person, zones."""
