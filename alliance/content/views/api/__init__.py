"""The open interface, version 1: read-only, for everyone, without a session. One module a set; `interface` ties all."""
