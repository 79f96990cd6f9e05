"""Approaches side by side: what is measured, kept, summed up and advised."""
