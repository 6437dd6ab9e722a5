"""The roads in and out: mail, and what all roads share (the contract, the relay, neutral text)."""
