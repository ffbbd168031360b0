"""One line that says where a training stands, rewritten in place on a terminal; a line an epoch elsewhere."""

import sys
import time


class Progress:
    """Counts steps, and estimates when all are done."""

    def __init__(self, steps: int, done: int):
        self.steps, self.done, self.first = steps, done, done
        self.start = time.monotonic()
        self.shown = 0.0
        self.live = sys.stderr.isatty()

    def step(self, epoch: int, loss: float) -> None:
        """After each step."""
        self.done += 1
        now = time.monotonic()
        if self.live and now - self.shown > 0.5:
            self.shown = now
            print(
                f"\r\033[Kepoch {epoch}, step {self.done}/{self.steps}, loss {loss:.4f}, {self.left()}",
                end="",
                file=sys.stderr,
                flush=True,
            )

    def line(self, text: str) -> None:
        """A line that stays."""
        print(("\r\033[K" if self.live else "") + text, file=sys.stderr, flush=True)

    def left(self) -> str:
        """Minutes until the end, at the speed so far."""
        steps = self.done - self.first
        if steps == 0:
            return ""
        seconds = (time.monotonic() - self.start) / steps * (self.steps - self.done)
        return f"{seconds / 60:.0f} min left"
