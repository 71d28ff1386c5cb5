"""抽样记录, 抽样清单, 抽样单, and what is to be done about failed samples."""
