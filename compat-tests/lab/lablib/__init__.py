"""A small network of real dockerds on one machine: one network namespace per host."""
