"""Says that something changed, to whoever waits for it: the page fetches anew when the number is another."""

import asyncio


class Changes:
    """Call it when something changed."""

    def __init__(self) -> None:
        self.version = 1
        self.over = False
        self._waiting: set[asyncio.Future[None]] = set()

    def __call__(self) -> None:
        self.version += 1
        self._wake()

    def end(self) -> None:
        """Nothing more will change: whoever waits is let go."""
        self.over = True
        self._wake()

    def _wake(self) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def after(self, version: int, seconds: float) -> int:
        """The number once it is another than `version`; the same one after so long, or when all is over."""
        if self.version == version and not self.over:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(waiter)
            try:
                await asyncio.wait([waiter], timeout=seconds)
            finally:
                self._waiting.discard(waiter)
        return self.version
