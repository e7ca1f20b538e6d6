"""Evidence: passages and mentions, made from the documents and proved against them (design decision 2)."""

from kzlod.evidence.lock import Change, Lock, lock

__all__ = ["Change", "Lock", "lock"]
