"""Servers that stand in for the outside on this machine: for `brygga demo` and the tests alone."""
