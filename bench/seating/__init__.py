"""What `bench/seat.py` measures with: events, the whole objective, and what else could seat people."""
