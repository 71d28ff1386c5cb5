"""阶段性情况 and 工作总结: tables, charts and a summary in Word."""
