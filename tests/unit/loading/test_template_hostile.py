# ruff: noqa: E501 - a template stands on one line
"""Templates that reach the interpreter, take in others, or cost without bound: hostile, however they are written."""

from __future__ import annotations

import pytest

from depscan.loading.steps import HOSTILE, HOSTILE_FILE, Report
from depscan.loading.template.read import read_template

WALKS = {
    "globals of cycler": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "globals of joiner": "{{ joiner['__init__']['__globals__'] }}",
    "globals of lipsum": "{{ lipsum.__globals__['os'] }}",
    "namespace": "{{ namespace.__init__.__globals__ }}",
    "self": "{{ self.__init__ }}",
    "self by item": "{{ self['_TemplateReference__context'] }}",
    "subclasses": "{% for c in ().__class__.__base__.__subclasses__() %}{{ c }}{% endfor %}",
    "mro": "{{ ''.__class__.mro()[1] }}",
    "attr": "{{ ''|attr('__class__') }}",
    "attr of parts": "{% set a = '__cl' ~ 'ass__' %}{{ ()|attr(a) }}",
    "attr of a plus": "{{ ()|attr('__cl' + 'ass__') }}",
    "attr joined": "{{ ()|attr(['__', 'class', '__']|join) }}",
    "attr joined by method": "{{ ()|attr(''.join(['__', 'class', '__'])) }}",
    "attr formatted": "{{ ()|attr('%s%s%s'|format('__', 'class', '__')) }}",
    "attr by percent": "{{ ()|attr('%sclass%s' % ('__', '__')) }}",
    "attr by characters": "{{ ()|attr('%c%cclass%c%c' % (95, 95, 95, 95)) }}",
    "attr by braces": "{{ ()|attr('{0}{0}class{0}{0}'.format('_')) }}",
    "attr replaced": "{{ ()|attr('@@class@@'|replace('@', '_')) }}",
    "attr reversed": "{{ ()|attr('__ssalc__'|reverse) }}",
    "attr sliced": "{{ ()|attr('__ssalc__'[::-1]) }}",
    "attr lowered": "{{ ()|attr('__CLASS__'|lower) }}",
    "attr multiplied": "{{ ()|attr('_' * 2 ~ 'class' ~ '_' * 2) }}",
    "attr from a dict": "{% set d = {'k': '__class__'} %}{{ ()|attr(d.k) }}",
    "attr from keywords": "{{ ()|attr(dict(__class__=1)|join) }}",
    "attr from keywords first": "{{ ()|attr(dict(__class__=1)|list|first) }}",
    "attr from a namespace": "{% set ns = namespace(a='__cla') %}{% set ns.b = ns.a ~ 'ss__' %}{{ ()|attr(ns.b) }}",
    "attr from a loop": "{% set ns = namespace(s='') %}{% for p in ['__cl', 'ass__'] %}{% set ns.s = ns.s ~ p %}{% endfor %}{{ ''[ns.s] }}",
    "attr from characters of lipsum": "{% set u = (lipsum|string)[9] %}{{ ()|attr(u ~ u ~ 'class' ~ u ~ u) }}",
    "attr from a macro": "{% macro g(o, n) %}{{ o|attr(n) }}{% endmacro %}{{ g((), 'x') }}",
    "attr of what the loader gives": "{{ messages|attr(messages[0].content) }}",
    "item escaped": "{{ ''['\\x5f\\x5fclass\\x5f\\x5f'] }}",
    "item in unicode": "{{ ''['\\u005f\\u005fclass\\u005f\\u005f'] }}",
    "item built": "{{ ''['__cla' ~ x ~ 'ss__'] }}",
    "item set in a block": "{% set a %}__class__{% endset %}{{ ''[a] }}",
    "map attribute": "{{ messages|map(attribute='__class__')|list }}",
    "map attribute dotted": "{{ messages|map(attribute='content.__class__')|list }}",
    "map attr": "{{ messages|map('attr', '__class__')|list }}",
    "map of a computed filter": "{{ messages|map(which)|list }}",
    "selectattr": "{{ messages|selectattr('__class__')|list }}",
    "groupby": "{{ messages|groupby('__class__') }}",
    "sort": "{{ messages|sort(attribute='__init__') }}",
    "format walk": "{{ '{0.__class__}'.format(messages) }}",
    "format map": "{{ '{a.__init__.__globals__}'.format_map({'a': cycler}) }}",
    "generator frame": "{{ (messages|map('upper')).gi_frame.f_globals }}",
    "undefined call walked": "{{ get_flashed_messages.__globals__ }}",
    "result of undefined call": "{{ helper().config }}",
    "alias of a global": "{% set c = cycler %}{{ c.anything }}",
    "call of an item": "{{ messages['x']('id') }}",
    "eval": "{{ eval('1') }}",
    "dunder name": "{{ __builtins__ }}",
    "underscore attribute": "{{ messages._module }}",
    "in a test": "{% if ''.__class__ %}{% endif %}",
    "in a filter block": "{% filter replace(''.__class__, '') %}x{% endfilter %}",
    "in a default": "{% macro m(a=''.__class__) %}{% endmacro %}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'x' as x %}",
    "from import": "{% from 'x' import y %}",
    "extends": "{% extends name %}",
    "broken but naming it": "{{ ''.__class__.__base__ %}",
}
BOMBS = {
    "range": "{% for i in range(10**9) %}x{% endfor %}",
    "range of a constant": "{% for i in range(999999999) %}x{% endfor %}",
    "repetition": "{{ 'a' * 10**9 }}",
    "repetition of a name": "{% set n = 1000000000 %}{{ 'a' * n }}",
    "power": "{{ 9 ** 99999999 }}",
    "nested loops": "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
    "doubling": "{% set ns = namespace(s='a') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    "width": "{{ '%999999999d' % 1 }}",
    "center": "{{ 'a'|center(999999999) }}",
    "lipsum": "{{ lipsum(n=99999999) }}",
    "depth": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "long sum": "{{ " + "+".join(["'a'"] * 20000) + " }}",
    "size": "{{ x }}" + "a" * (1 << 18),
}


def told(text: str) -> Report:
    report = Report()
    read_template(text, report, "chat_template")
    return report


@pytest.mark.parametrize("name", WALKS)
def test_a_template_that_reaches_the_interpreter_is_hostile(name: str) -> None:
    assert told(WALKS[name]).verdict == HOSTILE_FILE


@pytest.mark.parametrize("name", BOMBS)
def test_a_template_that_costs_without_bound_is_a_bomb(name: str) -> None:
    report = told(BOMBS[name])
    assert {s.what for s in report.steps if s.verdict == HOSTILE} == {"load.bomb"}


def test_a_step_names_the_line_the_key_and_the_expression() -> None:
    step = told("line one\n{{ x.__class__ }}").steps[0]
    assert (step.line, step.layer, step.text) == (2, ("chat_template",), "x.__class__")


def test_a_template_that_is_no_jinja_is_incomplete() -> None:
    assert told("{% for m in messages %}{{ m }}").verdict == "incomplete"


def test_a_template_of_go_is_odd_and_no_more() -> None:
    report = told("{{ if .System }}{{ .System }}{{ end }}{{ range .Messages }}{{ .Content }}{{ end }}")
    assert {s.slug for s in report.steps} == {"go-template"}
    assert not report.gaps


def test_text_that_only_looks_like_a_template_tells_harm_alone() -> None:
    report = Report()
    read_template("see {{ frobnicate() }} and {% weird %}", report, "general.description", sure=False)
    assert (report.steps, report.gaps) == ([], [])
