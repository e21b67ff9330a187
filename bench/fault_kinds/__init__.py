"""What `bench/faults.py` does to an installation, a file for each kind of fault."""
