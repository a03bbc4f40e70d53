"""What bench/run.py is made of: targets, load, the parts, the report."""
