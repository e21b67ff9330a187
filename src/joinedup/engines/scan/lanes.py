"""Replications side by side: LANES of them in one vector, so that an instruction serves as many as a register holds
and what is worked out for a window serves all. As many as a 64-bit word has bits, which tell whose window is high.

A circle's counts are kept as running sums over its periods, in units of a fraction of a case and less what is
expected, so that 16 bits hold them: a window is the difference of two rows. The instructions are written out as
vectors instead of leaving it to the compiler to find them; it splits them where a processor has narrower registers.
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
def reaching(_typing, sums, first, length, count, least):  # type: ignore[no-untyped-def]
    """A bit for each lane in which one of `count` windows of `length` periods, from the row `first` on, is at least
    `least` (which has to fit the type of `sums`)."""

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        from numba.core import cgutils

        vector, width = _vector(sums)
        element = vector.element
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        lowest = ir.Constant(vector, [-(1 << (element.width - 1))] * LANES)
        best = cgutils.alloca_once_value(builder, lowest)
        with cgutils.for_range(builder, args[3]) as loop:
            start = builder.add(args[1], loop.index)
            begin = builder.load(_row(builder, data, start, vector, width), align=width)
            finish = _row(builder, data, builder.add(start, args[2]), vector, width)
            window = builder.sub(builder.load(finish, align=width), begin)
            so_far = builder.load(best)
            larger = builder.icmp_signed(">", window, so_far)
            builder.store(builder.select(larger, window, so_far), best)
        single = builder.trunc(args[4], element)
        undefined = ir.Constant(vector, ir.Undefined)
        one = builder.insert_element(undefined, single, ir.Constant(ir.IntType(32), 0))
        spread = builder.shuffle_vector(
            one, undefined, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        )
        found = builder.icmp_signed(">=", builder.load(best), spread)
        return builder.bitcast(found, ir.IntType(LANES))

    return types.uint64(sums, types.intp, types.intp, types.intp, types.intp), build
