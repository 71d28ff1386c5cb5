"""The draw: from what, in which strata, by which lot, by whom; and what follows when a sample fails."""
