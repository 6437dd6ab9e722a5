"""The weekly digest: what it says, its editors, its sending, and the clock that sees to all of it."""
