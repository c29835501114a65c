"""The limit cases that ours are measured against: the least work that could do the job."""
