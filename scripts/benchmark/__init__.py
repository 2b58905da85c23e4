"""Measures what users wait for, each beside a bare Django view in the same server that runs the same SQL by hand."""
