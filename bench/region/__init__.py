"""A made-up region with planted truth, decoys and the noise of a register, and two plain ways to search it."""
