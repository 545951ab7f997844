"""The numeric core of the assignment: arrays in, arrays out; it knows pairs, seats and loads, but no person.

`best` finds the highest total with a proof, `fairest` lifts the worst panel, `marginals` and `rounding` make the public
draw. Every objective is an integer, so proofs are exact and answers do not depend on a solver's arithmetic.
"""
