"""What changes in the course of a training, each a function of where it stands: nothing to save, nothing to restore."""

import math


def ramp(epoch: float, start: float, end: float) -> float:
    """0 up to `start`, 1 from `end`, linear between."""
    if epoch >= end:
        return 1.0
    return max(0.0, (epoch - start) / (end - start))


def one_cycle(done: float, warm_up: float) -> float:
    """Factor of the learning rate, `done` of the training being over: up from 0 to 1, then down to 0 as a cosine."""
    if done < warm_up:
        return done / warm_up
    return 0.5 * (1 + math.cos(math.pi * (done - warm_up) / (1 - warm_up)))
