"""What can go wrong in a training, in words for who runs it."""


class TrainingError(Exception):
    """The message says what is wrong, with the value, and what to change."""
