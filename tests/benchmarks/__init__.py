"""Our way and the naive way in one process, with the ratio. Run by hand, beside nothing else."""
