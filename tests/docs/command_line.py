"""Whether a command of a page is one that the command line takes: its verb, options, how many arguments, its names."""

import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

from tests.docs.blocks import Command, blocks, pages
from tests.reference.commands import verbs
from zhasyl.controllers import BUILT_IN, load_controller, split_controllers
from zhasyl.parameters import is_parameter
from zhasyl.sensors import BUILDERS
from zhasyl.text.values import parse_seeds

VERBS = {path.removeprefix("zhasyl").strip(): command for path, command in verbs()}
PLUG_INS = {
    name
    for page in pages()
    for block in blocks(page)
    if block.language == "toml" and "entry-points" in block.text
    for name in tomllib.loads(block.text)["project"]["entry-points"]["zhasyl.controllers"]
}
SEEDS = ("--seeds", "--proof-seeds")


def faults(command: Command) -> Iterator[str]:
    """What the command line would refuse; of a command within text also a part of one will do."""
    verb, rest = _verb(command.words)
    if verb not in VERBS and not any(known.startswith(f"{verb} ") for known in VERBS):
        yield f"no verb '{' '.join(command.words[:2])}'"
    elif verb in VERBS:
        yield from _arguments(VERBS[verb], rest, command.whole)


def _verb(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The longest known verb that the words begin with, else the first word."""
    known = [count for count in (2, 1, 0) if " ".join(words[:count]) in VERBS and (count or words[0].startswith("-"))]
    count = known[0] if known else 1
    return " ".join(words[:count]), words[count:]


def _arguments(verb: Any, words: Sequence[str], whole: bool) -> Iterator[str]:
    options = {name: one for one in verb.params for name in (*one.opts, *one.secondary_opts) if name.startswith("-")}
    left, given = list(words), 0
    while left:
        word, separator, value = left.pop(0).partition("=") if left[0].startswith("--") else (left.pop(0), "", "")
        if not word.startswith("-"):
            given += 1
        elif word not in (*options, "--help", "-h"):
            yield f"no option {word}"
        elif word in options and not options[word].is_flag:
            if not separator and not left:
                yield f"{word} lacks its value"
                return
            yield from _names(word, value if separator else left.pop(0))
    arguments = [one for one in verb.params if one.param_type_name == "argument"]
    if given > len(arguments) and not any(one.nargs == -1 for one in arguments):
        yield f"{given} arguments for {len(arguments)}"
    if whole and given < sum(one.required for one in arguments):
        yield f"{given} arguments, but {[one.name for one in arguments]} are asked for"


def _names(option: str, value: str) -> Iterator[str]:
    """What is wrong with the names in an option's value; what is written in capitals stands for one."""
    if option in SEEDS and not value.isupper():
        parse_seeds(value)
    if option in ("--controller", "--controllers", "--baseline"):
        for one in split_controllers(value):
            yield from _parameters(one, {name: load_controller(name).parameters_type for name in BUILT_IN})
    if option == "--sensor":
        yield from _parameters(value, {name: one.parameters for name, one in BUILDERS.items()})


def _parameters(text: str, known: dict[str, Any]) -> Iterator[str]:
    name, _, rest = text.partition(":")
    if name.isupper() or name in PLUG_INS:
        return
    if name not in known:
        yield f"no '{name}'"
        return
    for part in filter(None, rest.split(",")):
        key = part.partition("=")[0]
        if not is_parameter(key, known[name]):
            yield f"{name} has no parameter '{key}'"
