"""Readers of the official registers: files in, plain rows and named faults out. No database, no Django."""
