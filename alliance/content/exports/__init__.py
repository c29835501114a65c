"""Files of the public face. Pure."""
