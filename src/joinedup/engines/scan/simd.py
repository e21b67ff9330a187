"""Replications side by side: LANES of them in one vector, so that an instruction serves as many as a register
holds, and what is computed for a window serves all. LANES is the number of bits of a 64-bit word, which mark
the replications whose window is high.

A circle's counts are running sums over its periods, in units of a fraction of a case and minus what is
expected, so that they fit into 16 bits: a window is the difference of two rows. The vector instructions are
written out instead of relying on the compiler to find them; it splits them for processors with narrower
registers.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LANES = 64


def _vector(array: Any) -> tuple[ir.Type, int]:
    bits = array.dtype.bitwidth
    return ir.VectorType(ir.IntType(bits), LANES), bits // 8


def _row(builder: Any, data: Any, row: Any, vector: ir.Type, width: int) -> Any:
    place = builder.gep(data, [builder.mul(row, ir.Constant(row.type, LANES))])
    return builder.bitcast(place, vector.as_pointer())


@intrinsic
def add_rows(_typing, sums, source, first, rows):  # type: ignore[no-untyped-def]
    """sums[row] += source[first + row] for each of `rows` rows of LANES whole numbers, both flat arrays."""

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector, width = _vector(sums)
        target = context.make_array(signature.args[0])(context, builder, args[0]).data
        origin = context.make_array(signature.args[1])(context, builder, args[1]).data
        from numba.core import cgutils

        with cgutils.for_range(builder, args[3]) as loop:
            to = _row(builder, target, loop.index, vector, width)
            come = _row(builder, origin, builder.add(args[2], loop.index), vector, width)
            added = builder.add(builder.load(to, align=width), builder.load(come, align=width))
            builder.store(added, to, align=width)
        return context.get_dummy_value()

    return types.void(sums, source, types.intp, types.intp), build


@intrinsic
def reaching(_typing, sums, length, count, least):  # type: ignore[no-untyped-def]
    """A bit for each lane in which one of the first `count` windows of `length` periods is at least `least`
    (which must fit the type of `sums`)."""

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        from numba.core import cgutils

        vector, width = _vector(sums)
        element = vector.element
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        lowest = ir.Constant(vector, [-(1 << (element.width - 1))] * LANES)
        best = cgutils.alloca_once_value(builder, lowest)
        with cgutils.for_range(builder, args[2]) as loop:
            start = loop.index
            begin = builder.load(_row(builder, data, start, vector, width), align=width)
            finish = _row(builder, data, builder.add(start, args[1]), vector, width)
            window = builder.sub(builder.load(finish, align=width), begin)
            so_far = builder.load(best)
            larger = builder.icmp_signed(">", window, so_far)
            builder.store(builder.select(larger, window, so_far), best)
        spread = _spread(builder, builder.trunc(args[3], element))
        found = builder.icmp_signed(">=", builder.load(best), spread)
        return builder.bitcast(found, ir.IntType(LANES))

    return types.uint64(sums, types.intp, types.intp, types.intp), build


@intrinsic
def add_reaching(_typing, sums, source, first, rows, least):  # type: ignore[no-untyped-def]
    """sums[row] += source[first + row], for each of `rows` rows (64 at most) of LANES whole numbers, all flat arrays;
    a bit for each row in which a lane is at least `least[row]` (of the type of `sums`)."""

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        from numba.core import cgutils

        vector, width = _vector(sums)
        target, origin, wanted = (
            context.make_array(signature.args[i])(context, builder, args[i]).data for i in (0, 1, 4)
        )
        word = ir.IntType(64)
        bits = cgutils.alloca_once_value(builder, ir.Constant(word, 0))
        with cgutils.for_range(builder, args[3]) as loop:
            to = _row(builder, target, loop.index, vector, width)
            come = _row(builder, origin, builder.add(args[2], loop.index), vector, width)
            added = builder.add(builder.load(to, align=width), builder.load(come, align=width))
            builder.store(added, to, align=width)
            spread = _spread(builder, builder.load(builder.gep(wanted, [loop.index])))
            lanes = builder.bitcast(builder.icmp_signed(">=", added, spread), ir.IntType(LANES))
            is_any = builder.zext(builder.icmp_unsigned("!=", lanes, ir.Constant(lanes.type, 0)), word)
            builder.store(builder.or_(builder.load(bits), builder.shl(is_any, loop.index)), bits)
        return builder.load(bits)

    return types.uint64(sums, source, types.intp, types.intp, least), build


def _spread(builder: Any, single: Any) -> Any:
    """One number in every lane."""
    undefined = ir.Constant(ir.VectorType(single.type, LANES), ir.Undefined)
    one = builder.insert_element(undefined, single, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(
        one, undefined, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    )
