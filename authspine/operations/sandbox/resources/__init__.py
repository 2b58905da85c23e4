"""The resources of the API that the sandbox knows, one module each: what an address takes, and what it does."""
