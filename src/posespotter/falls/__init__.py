"""Falls: from joints over time to events; its classifier, its zones, and the data it is trained and measured on."""
