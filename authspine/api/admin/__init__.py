"""What every admin of the apps shares: the scope of its pages, base classes, columns, and words for refusals."""
