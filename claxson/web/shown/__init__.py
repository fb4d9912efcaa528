"""What pages show of a source: view models, with every text translated, and no HTML."""
