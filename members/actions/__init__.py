"""The verbs of the membership, by noun: `joining`, `people`, `profile`, `addresses`, `bulk`, `desk`, `places`."""
