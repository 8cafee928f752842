"""One file per format of models: found by folder scan (``depscan.loading.route``)."""
