"""The open data of the Alliance as programs read them: what stands in each set, what it means. Pure."""
