"""An app of the tests' own that breaks while it holds a secret: `settings` puts it beside the product."""
