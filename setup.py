"""Compiles zhasyl/controllers/parts/rollout.py into an extension where a C compiler is; without one zhasyl runs, too.

The Cython source is made here from that one file: its named tuples become classes of C arrays and its functions
functions in C, with the types of their annotations; the bodies stay as they are. It keeps a digest of the file, so
that it is not used for another text (`zhasyl.compiled`).
"""

import ast
from hashlib import sha256
from pathlib import Path

from setuptools import Extension, setup

RULE = Path("zhasyl/controllers/parts/rollout.py")
MADE = Path("build/_rollout.pyx")
PRELUDE = """# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
# cython: infer_types=True, annotation_typing=False, auto_pickle=False
from libc cimport math
from libc.stdint cimport int64_t, uint8_t
"""
TYPES = {
    "int": "int64_t",
    "float": "double",
    "bool": "bint",
    "None": "void",
    "Ints": "int64_t[::1]",
    "Floats": "double[::1]",
    "Bools": "uint8_t[::1]",
    "IntTable": "int64_t[:, ::1]",
    "BoolTable": "uint8_t[:, ::1]",
}
AS_BYTES = ("Bools", "BoolTable")  # as which C knows them
STRICT = ["-ffp-contract=off", "-g0"]  # a product and a sum are rounded one by one, as everywhere else


def c_type(annotation: ast.expr | None) -> str:
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):  # tuple[float, int]
        return f"({', '.join(c_type(part) for part in annotation.slice.elts)})"
    name = ast.unparse(annotation) if annotation else "None"
    return TYPES.get(name, name)


def constant(node: ast.Assign) -> list[str]:
    """Numbers as C variables, worked out here: C divides whole numbers otherwise. Not the aliases of types."""
    names = [ast.unparse(target) for target in node.targets]
    if names[0] in TYPES:
        return []
    value = eval(ast.unparse(node.value))  # noqa: S307 - our own source
    kind = "int64_t" if isinstance(value, int) else "double"
    said = repr(value) if value < float("inf") else "math.INFINITY"
    return [f"cdef {kind} {name} = {said}" for name in names]


def table(node: ast.ClassDef) -> list[str]:
    """A named tuple of arrays as a class that holds them for C, made from the tuple."""
    fields = [(part.target.id, ast.unparse(part.annotation)) for part in node.body if isinstance(part, ast.AnnAssign)]
    given = dict.fromkeys(AS_BYTES, 'given.{}.view("uint8")')
    lines = [f"cdef class {node.name}:"]
    lines += [f"    cdef {TYPES.get(kind, kind)} {name}" for name, kind in fields]
    lines += ["    def __init__(self, given):"]
    for name, kind in fields:
        value = given.get(kind, "given.{}" if kind in TYPES else f"{kind}(given.{{}})").format(name)
        lines.append(f"        self.{name} = {value}")
    return lines


def function(node: ast.FunctionDef, source: list[str]) -> list[str]:
    """With types in C; a name without an underscore can be called from Python."""
    arguments = ", ".join(
        f"{'const ' * c_type(one.annotation).endswith(']')}{c_type(one.annotation)} {one.arg}" for one in node.args.args
    )
    kind = "cdef" if node.name.startswith("_") else "cpdef"
    head = f"{kind} {c_type(node.returns)} {node.name}({arguments}) noexcept:"
    local = [part for part in ast.walk(node) if isinstance(part, ast.AnnAssign)]
    typed = [f"    cdef {c_type(part.annotation)} {ast.unparse(part.target)}" for part in local]
    return [head, *typed, *source[node.body[0].lineno - 1 : node.end_lineno]]


def made_from(rule: str) -> str:
    lines = [PRELUDE, f'DIGEST = "{sha256(rule.encode()).hexdigest()}"']
    for node in ast.parse(rule).body:
        if isinstance(node, ast.Assign):
            lines += constant(node)
        elif isinstance(node, ast.ClassDef):
            lines += ["", *table(node)]
        elif isinstance(node, ast.FunctionDef):
            lines += ["", *function(node, rule.splitlines())]
    return "\n".join(lines) + "\n"


def extensions() -> list[Extension]:
    try:
        from Cython.Build import cythonize
    except ImportError:
        return []
    MADE.parent.mkdir(exist_ok=True)
    MADE.write_text(made_from(RULE.read_text(encoding="utf-8")), encoding="utf-8")
    name = "zhasyl.controllers.parts._rollout"
    found: list[Extension] = cythonize([Extension(name, [str(MADE)], extra_compile_args=STRICT)], quiet=True)
    for one in found:
        one.optional = True  # Cython forgets it
    return found


setup(ext_modules=extensions())
