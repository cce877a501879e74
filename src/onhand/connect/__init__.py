"""Outside systems, one folder each: what speaks another system's language stands here and nowhere else."""
