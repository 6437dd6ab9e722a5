"""The demo: a whole network on one machine, with the same code as in production between its people."""
