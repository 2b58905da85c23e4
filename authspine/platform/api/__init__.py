"""The routes that belong to no single app: status, export, import."""
