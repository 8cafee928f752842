from setuptools import setup
setup(
    name={{ cookiecutter.name }},
    install_requires=[
