from setuptools import setup

TORCH = "2.3.0"
REQUIRED = ["requests>=2.31", f"torch=={TORCH}"]

setup(
    name="sample",
    install_requires=REQUIRED + open("requirements.txt").read().splitlines(),
    extras_require={"docs": ["sphinx"]},
)
