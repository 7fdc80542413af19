"""What goes along when two topics become one, beside the states (`tracker.merging`): goals and reviews."""

from __future__ import annotations

from tracker import goals, reviews


def follow(*, of: int, to: int) -> None:
    """`of` is the same as `to`. Call it in the transaction that makes them one."""
    goals.follow(of=of, to=to)
    reviews.follow(of=of, to=to)


def go_back(*, of: int, to: int) -> None:
    """They are two again. Call it in the transaction that parts them, before states are given back."""
    goals.go_back(of=of, to=to)
    reviews.go_back(of=of, to=to)
