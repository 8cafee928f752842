"""What the project accepts: the policy file, its exceptions, VEX documents and the baseline."""
