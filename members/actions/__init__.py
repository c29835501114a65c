"""The verbs of the membership, by noun: `joining`, `people`, `bulk`, `desk`, `places`."""
