"""How functions of the fast model are compiled: no memory is handed out in them, so that numba counts no references.

Counting took half of the time. What they need is made before, by `arrays.room_for`.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

from zhasyl.compiled import kept_on_disk

Function = TypeVar("Function", bound=Callable[..., Any])
OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, **OPTIONS}


def jit(function: Function) -> Function:
    """Compiled when first called, and kept on disk."""
    return kept_on_disk(function, **OPTIONS)


def inner(function: Function) -> Function:
    """Compiled for compiled callers alone: to unpack the arrays of Python takes long to compile."""
    return cast(Function, numba.njit(**INNER)(function))


def inlined(function: Function) -> Function:
    """Compiled as a part of what calls it: handing on all arrays in each step would cost more than the step."""
    return cast(Function, numba.njit(inline="always", **OPTIONS)(function))
