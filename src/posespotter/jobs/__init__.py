"""Durable jobs: requests, their queue, the workers that take them, and the process in which each is done."""
