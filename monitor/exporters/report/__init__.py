"""采集任务报告: what a run looked at, what it found, and what it did not look at."""
