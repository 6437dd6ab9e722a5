"""The pages: what a link in a letter opens, how the house fares, and nothing that needs a log-in."""
