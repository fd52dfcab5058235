"""Values of several plans side by side: numba's types of a processor's vector of floats, and what they can do.

In compiled code only. `a + b`, `a - b`, `a * b`, `a / b`, `a < b`, `a <= b`, `a > b` and `&` of masks work plan by
plan; a number beside a vector counts for every plan. An array of vectors has rows of WIDTH float32, one value a plan.
"""

import operator
from collections.abc import Callable
from typing import Any, cast

import numba
from llvmlite import ir
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

Build = Callable[[Any, Any, Any], Any]

WIDTH = 8
FLOAT, BIT, INT = ir.FloatType(), ir.IntType(1), ir.IntType(32)


class VectorType(numba.types.Type):
    """WIDTH floats."""

    element: ir.Type = FLOAT


class MaskType(numba.types.Type):
    """WIDTH times yes or no."""

    element: ir.Type = BIT


_lower = cast(Callable[..., Callable[[Any], Any]], lower_builtin)
VECTOR, MASK = VectorType("plans_vector"), MaskType("plans_mask")


@register_model(VectorType)
@register_model(MaskType)
class _Model(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, ir.VectorType(fe_type.element, WIDTH))  # type: ignore[no-untyped-call]


def _widened(context: Any, builder: Any, value: Any, given: Any) -> Any:
    """A vector as it is, a number in every place."""
    if given == VECTOR:
        return value
    one = context.cast(builder, value, given, numba.types.float32)
    first = builder.insert_element(ir.Constant(ir.VectorType(FLOAT, WIDTH), ir.Undefined), one, INT(0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(INT, WIDTH), [0] * WIDTH))


def _between_vectors(function: Any, result: Any, build: Build) -> None:
    """Teach numba an operation of two vectors or of one and a number."""

    @type_callable(function)
    def _typed(context: Any) -> Any:
        def typer(a: Any, b: Any) -> Any:
            kinds = {type(a), type(b)}
            numbers = kinds - {VectorType}
            return result if VectorType in kinds and all(issubclass(n, numba.types.Number) for n in numbers) else None

        return typer

    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pair = (_widened(context, builder, value, given) for value, given in zip(args, sig.args, strict=True))
        return build(builder, *pair)

    for kinds in ((VectorType, VectorType), (VectorType, numba.types.Number), (numba.types.Number, VectorType)):
        _lower(function, *kinds)(lowered)


def _calculated(name: str) -> Build:
    return lambda builder, a, b: getattr(builder, name)(a, b)


def _compared(sign: str) -> Build:
    return lambda builder, a, b: builder.fcmp_ordered(sign, a, b)


def _less(builder: Any, a: Any, b: Any) -> Any:
    return builder.select(builder.fcmp_ordered("<", a, b), a, b)


def _more(builder: Any, a: Any, b: Any) -> Any:
    return builder.select(builder.fcmp_ordered(">", a, b), a, b)


def least(a: Any, b: Any) -> Any:
    """The lesser of two, plan by plan."""
    raise NotImplementedError


def most(a: Any, b: Any) -> Any:
    """The greater of two, plan by plan."""
    raise NotImplementedError


_ARITHMETIC = {
    "fadd": (operator.add, operator.iadd),
    "fsub": (operator.sub, operator.isub),
    "fmul": (operator.mul, operator.imul),
    "fdiv": (operator.truediv, operator.itruediv),
}
for _name, _functions in _ARITHMETIC.items():
    for _function in _functions:
        _between_vectors(_function, VECTOR, _calculated(_name))
for _function, _sign in ((operator.lt, "<"), (operator.le, "<="), (operator.gt, ">")):
    _between_vectors(_function, MASK, _compared(_sign))
_between_vectors(least, VECTOR, _less)
_between_vectors(most, VECTOR, _more)


@type_callable(operator.and_)
def _both(context: Any) -> Any:
    return lambda a, b: MASK if a == b == MASK else None


@_lower(operator.and_, MaskType, MaskType)
def _both_lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.and_(*args)


def _operation(function: Callable[..., Any]) -> Callable[..., Any]:
    """What is written into compiled code: called with values, without numba's first argument."""
    return cast(Callable[..., Any], intrinsic(function))


def _place(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    """Where a row of an array of vectors begins."""
    array = context.make_array(sig.args[0])(context, builder, args[0])
    row = context.cast(builder, args[1], sig.args[1], numba.types.intp)
    first = builder.gep(array.data, [builder.mul(row, row.type(WIDTH))])
    return builder.bitcast(first, ir.VectorType(FLOAT, WIDTH).as_pointer())


@_operation
def load(typing: Any, array: Any, row: Any) -> Any:
    """The row of an array [rows, WIDTH] of float32."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(_place(context, builder, sig, args), align=4)

    return VECTOR(array, row), code


@_operation
def store(typing: Any, array: Any, row: Any, value: Any) -> Any:
    """Write a vector into the row of an array [rows, WIDTH] of float32."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store(args[2], _place(context, builder, sig, args), align=4)
        return context.get_dummy_value()

    return numba.types.void(array, row, VECTOR), code


@_operation
def every(typing: Any, value: Any) -> Any:
    """A vector of one number."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _widened(context, builder, args[0], sig.args[0])

    return VECTOR(value), code


@_operation
def where(typing: Any, mask: Any, then: Any, otherwise: Any) -> Any:
    """`then` where the mask holds, `otherwise` elsewhere."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pair = (_widened(context, builder, value, given) for value, given in zip(args[1:], sig.args[1:], strict=True))
        return builder.select(args[0], *pair)

    return VECTOR(MASK, then, otherwise), code


@_operation
def somewhere(typing: Any, mask: Any) -> Any:
    """Does the mask hold for any plan?"""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], ir.IntType(WIDTH))
        return builder.icmp_unsigned("!=", bits, bits.type(0))

    return numba.types.boolean(MASK), code


@_operation
def looked_up(typing: Any, table: Any, place: Any) -> Any:
    """The table's values at the whole numbers below each of a vector's, which must lie within it."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        data = context.make_array(sig.args[0])(context, builder, args[0]).data
        places = builder.fptosi(args[1], ir.VectorType(INT, WIDTH))
        found = ir.Constant(ir.VectorType(FLOAT, WIDTH), ir.Undefined)
        for index in range(WIDTH):
            at = builder.gep(data, [builder.zext(builder.extract_element(places, INT(index)), ir.IntType(64))])
            value = context.cast(builder, builder.load(at), sig.args[0].dtype, numba.types.float32)
            found = builder.insert_element(found, value, INT(index))
        return found

    return VECTOR(table, place), code
