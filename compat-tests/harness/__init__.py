"""What the cases stand on: a target to test, the docker CLI, an API client, waiting."""
