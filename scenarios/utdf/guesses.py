"""What a file leaves open or what could not be kept of it, listed for guessed.csv."""

from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Guess:
    """Something about a node or link (its id, '' for all) that was guessed, changed or left out."""

    kind: str
    id: str
    name: str
    value: str
    reason: str


@dataclass
class Guesses:
    """All of an import, each once."""

    found: list[Guess] = field(default_factory=list)

    def add(self, kind: str, id_: str, name: str, value: str, reason: str) -> None:
        guess = Guess(kind, id_, name, value, reason)
        if guess not in self.found:
            self.found.append(guess)
