"""Paivand's documents, and the program that writes the reference pages among them."""
