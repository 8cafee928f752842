"""depscan.lock: what a project trusts, written down so that a change of it shows."""
