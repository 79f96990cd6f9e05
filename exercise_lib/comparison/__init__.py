"""Approaches side by side: measure them, keep and summarise results, give advice."""
