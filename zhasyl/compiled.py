"""numba's compiled functions kept on disk, where there is a place for them."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def kept_on_disk(function: Function, **options: Any) -> Function:
    """Compiled when first called, and kept beside its file or in the user's cache.

    Where both are read-only, as in a container without a home, each process compiles anew.
    """
    compiled = numba.njit(**options)(function)
    with suppress(RuntimeError):  # numba found no folder that it may write to
        compiled.enable_caching()
    return cast(Function, compiled)
