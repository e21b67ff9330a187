"""How much a place needs work on a theme: general pressure, and what stands out beyond it. Pure.

`transforms` puts figures on a scale, each with its variance; `spread` finds the middle of a set of places and how far
they lie apart beyond chance; `panel` makes the matrix; `model` fits it (`fit` is the arithmetic); `posterior` says what
follows for each place, `position` where it stands on a theme, `facts` by which figures; `themes` is the door, and
`verdicts` has the words. The method: docs/methods/need.md.
"""
