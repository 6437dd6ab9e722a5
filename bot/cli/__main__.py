"""`python -m bot.cli` is `brygga`."""

from bot.cli import main

main()
