"""Reports: one file per format, found by scanning this folder. They see a ScanResult and nothing else."""
