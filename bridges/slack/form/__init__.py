"""The form that shares: how it is drawn, filled in, read and objected to."""
