"""What leaves the program as a file: one module for each format, each a pure writer over plain values."""
