"""Characters in other people's files that steer a terminal or turn the direction of a page's text."""

import json
import re

# Control characters but tab and newline; marks, embeddings, overrides and isolates of direction; separators of lines
# and paragraphs; lone surrogates; annotations; tags
STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def neutral(text: str) -> str:
    """The text with every character that steers a terminal shown as its number."""
    return STEERING.sub(character_number, text)


def character_number(found: re.Match[str]) -> str:
    """A found character as JSON writes it: \\u001b."""
    return json.dumps(found[0])[1:-1]
