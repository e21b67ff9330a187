"""How much a place needs work on a theme: general pressure, and what stands out beyond it. Pure.

`transforms` puts figures on a scale, each with its variance; `spread` finds the middle of a set of places and how far
they lie apart beyond chance; `panel` makes the matrix; `fit` fits the model, `posterior` says what follows for each
place, and `themes` is the door; `verdicts` has the words. The method: docs/methods/need.md.
"""
