"""Overviews to look at: a small night, an empty one and a hostile one."""

from __future__ import annotations

from depscan.fleet.gaps import Gap
from depscan.overview.records import (
    Deed,
    Hit,
    Member,
    Moved,
    Overview,
    Point,
    Stock,
    Todo,
    Told,
    Tree,
)

EVIL = "</script><img src=x onerror=alert(1)>"
"""A package name that would run where a page puts names into markup."""
TURNED = "abc\u202egnp.exe\u2066"
LONG = "long-" + "x" * 5000


def told(number: int, name: str, version: str, severity: str, hits: tuple[Hit, ...], /, **more: object) -> Told:
    """Return a finding about a package; ``more`` replaces fields."""
    action = "block" if severity in {"malicious", "critical", "high"} else "warn"
    made = Told(
        id=f"{number:08x}",
        rule="advisory/vulnerable",
        title="known vulnerability",
        klass="vulnerability",
        severity=severity,
        confidence="high",
        action=action,
        because="depscan.toml:3: severity high and above",
        subject=f"pkg:pypi/{name}@{version}",
        name=name,
        version=version,
        ecosystem="PyPI",
        kind="package",
        message=f"{name} {version} reads files outside the folder it serves when a path holds an encoded slash",
        ids=(f"CVE-2026-{30000 + number}", f"GHSA-{number:04x}-q7x2-9fjm"),
        fix=f"move {name} to 9.9.1",
        fixed_version="9.9.1",
        references=("https://advisories.example/" + name,),
        evidence="",
        since="2026-11-20",
        new=False,
        hits=hits,
    )
    return made._replace(**more)  # type: ignore[arg-type] # fields of the record


def points(nights: int = 14) -> tuple[Point, ...]:
    """Return figures of some nights in a row."""
    return tuple(
        Point(
            f"2026-11-{15 + i:02d}",
            36 + i // 3,
            i % 5 == 3,
            4100 + 17 * i,
            int(i > 12),
            2 + i // 4 - (i > 9),
            30 - i,
            5 + i // 3,
        )
        for i in range(nights)
    )


def three() -> Overview:
    """Return a night with three findings, a little of everything."""
    chat = ("litellm 1.74.0", "openai 1.99.2", "httpx-retries 0.4.1")
    hits = (
        Hit("chat/gateway", "team-inference", "uv.lock", 1204, chat, "2026-11-29"),
        Hit(
            "search/rag-api",
            "team-search",
            "services/api/poetry.lock",
            88,
            ("langchain 0.3.27", *chat[1:]),
            "2026-11-29",
        ),
    )
    torch = (
        Hit(
            "search/rag-api",
            "team-search",
            "services/api/poetry.lock",
            3120,
            ("sentence-transformers 5.1.0", "torch 2.5.1"),
            "2026-11-02",
        ),
        Hit("train/pipelines", "", "requirements.txt", 41, ("torch 2.5.1",), "2026-10-11"),
        Hit(
            "vision/ocr",
            "team-vision",
            "uv.lock",
            2877,
            ("ultralytics 8.3.2", "torchvision 0.20.1", "torch 2.5.1"),
            "2026-11-29",
            new=True,
        ),
    )
    findings = (
        told(
            1,
            "httpx-retries",
            "0.4.1",
            "malicious",
            hits,
            title="malicious package",
            klass="malicious",
            new=True,
            rule="advisory/malicious",
            ids=("MAL-2026-8812",),
            since="2026-11-29",
            fixed_version="",
            message="httpx-retries 0.4.1 sends environment variables to a host of its own when it is imported",
            fix="remove httpx-retries 0.4.1 and change every secret of machines that installed it",
        ),
        told(
            2,
            "torch",
            "2.5.1",
            "critical",
            torch,
            title="code execution while loading weights",
            fixed_version="2.6.0",
            ids=("CVE-2025-32434", "GHSA-53q9-r3pm-6pq6"),
            fix="move torch to 2.6.0",
            message="torch.load runs code from a model file even with weights_only=True",
        ),
        told(
            3,
            "settings",
            "",
            "medium",
            (Hit("chat/gateway", "team-inference", ".github/workflows/ci.yml", 12, (), "2026-11-20"),),
            title="action is not pinned to a commit",
            klass="trust",
            rule="trust/unpinned-action",
            ids=(),
            fixed_version="",
            subject=".github/workflows/ci.yml",
            name="",
            fix="pin the action to a commit",
            confidence="medium",
            evidence="      - uses: acme/setup-model@main",
            message="acme/setup-model is used at a branch that can move",
        ),
    )
    deeds = (
        Todo(
            "team-inference",
            (Deed("remove httpx-retries 0.4.1, change secrets", "malicious", ("00000001",), ("chat/gateway",), True),),
        ),
        Todo(
            "team-search",
            (
                Deed(
                    "remove httpx-retries 0.4.1, change secrets", "malicious", ("00000001",), ("search/rag-api",), True
                ),
                Deed("move torch to 2.6.0", "critical", ("00000002",), ("search/rag-api",), False),
            ),
        ),
        Todo("team-vision", (Deed("move torch to 2.6.0", "critical", ("00000002",), ("vision/ocr",), False),)),
        Todo("", (Deed("move torch to 2.6.0", "critical", ("00000002",), ("train/pipelines",), False),)),
    )
    members = (
        Member("chat/gateway", "team-inference", "platform", ("prod",), "4a9447d344847f1d", 9, 412, 1, 1, ""),
        Member("search/rag-api", "team-search", "search", ("prod", "gdpr"), "d9bf6904aa01", 14, 655, 2, 0, ""),
        Member("train/pipelines", "", "", (), "0013ff82bc", 2, 61, 1, 0, ""),
        Member("vision/ocr", "team-vision", "vision", (), "7f5081da77", 6, 388, 1, 0, ""),
        Member("legacy/batch", "team-search", "search", (), "", 0, 0, 0, 0, "not a git repository: no HEAD"),
    )
    names = (
        "litellm 1.74.0",
        "openai 1.99.2",
        "httpx-retries 0.4.1",
        "langchain 0.3.27",
        "torch 2.5.1",
        "ultralytics 8.3.2",
        "torchvision 0.20.1",
        "sentence-transformers 5.1.0",
        "org/all-mini-lm",
    )
    tree = Tree(
        names,
        ("package",) * 8 + ("model",),
        ((1,), (2,), (1,), (1,), (), (6,), (4,), (4, 8), ()),
        {"chat/gateway": (0,), "search/rag-api": (3, 7), "train/pipelines": (4,), "vision/ocr": (5,)},
    )
    stock = (
        Stock(
            "model", "org/all-mini-lm", "", "floating", (), ("search/rag-api",), ("search/rag-api: app/embed.py:14",)
        ),
        Stock(
            "data set",
            "org/tickets-2025",
            "9f31c2aa",
            "pinned",
            (),
            ("train/pipelines",),
            ("train/pipelines: prepare.py:9",),
        ),
        Stock(
            "hosted model",
            "gpt-5-mini",
            "",
            "",
            ("https://llm.example/v1",),
            ("chat/gateway", "search/rag-api"),
            ("chat/gateway: gateway/routes.py:31",),
        ),
        Stock(
            "service",
            "vectors.example",
            "",
            "",
            ("https://vectors.example",),
            ("search/rag-api",),
            ("search/rag-api: app/store.py:7",),
        ),
        Stock(
            "agent tool", "mcp-server-files", "1.4.0", "pinned", (), ("chat/gateway",), ("chat/gateway: .mcp.json:4",)
        ),
        Stock(
            "action",
            "acme/setup-model",
            "main",
            "floating",
            (),
            ("chat/gateway",),
            ("chat/gateway: .github/workflows/ci.yml:12",),
        ),
        Stock(
            "image",
            "base.example/cuda",
            "12.8",
            "floating",
            (),
            ("train/pipelines", "vision/ocr"),
            ("vision/ocr: Dockerfile:1",),
        ),
    )
    return Overview(
        1,
        "0.9.0",
        "2026-11-29T02:00:11Z",
        "2026-11-28T02:00:09Z",
        "blocked",
        1,
        "advisories of 2026-11-28 (snapshot 8f2c61, 241,903 records)",
        "fleet/depscan.toml",
        findings,
        (told(9, "aiohttp", "3.9.1", "high", ()),),
        deeds,
        (
            Moved(
                "chat/gateway",
                "team-inference",
                "changed",
                ("httpx-retries 0.4.1",),
                (),
                (("litellm", "1.73.6", "1.74.0"),),
            ),
            Moved("legacy/batch", "team-search", "unreadable", problem="not a git repository: no HEAD"),
            Moved("vision/ocr", "team-vision", "new", ("ultralytics 8.3.2", "torchvision 0.20.1", "torch 2.5.1")),
        ),
        points(),
        stock,
        (
            Gap(
                "models of the hub",
                "not looked at",
                "weights were not downloaded: --online was not given",
                False,
                ("search/rag-api",),
            ),
            Gap(
                "names of npm",
                "not looked at",
                "the list of popular names is older than 30 days",
                True,
                ("chat/gateway", "vision/ocr"),
            ),
        ),
        members,
        tree,
    )


def none() -> Overview:
    """Return the first night of a clean fleet."""
    member = Member("solo", "", "", (), "abc", 1, 3, 0, 0, "")
    tree = Tree(("flask 3.1.2", "jinja2 3.1.6"), ("package", "package"), ((1,), ()), {"solo": (0,)})
    one = Point("2026-11-29", 1, 0, 2, 0, 0, 0, 0)
    return Overview(
        1,
        "0.9.0",
        "2026-11-29T02:00:11Z",
        "",
        "clean",
        0,
        "advisories of 2026-11-28",
        "",
        (),
        (),
        (),
        (),
        (one,),
        (),
        (),
        (member,),
        tree,
    )


def hostile() -> Overview:
    """Return a night in which every text is an attack."""
    night = three()
    names = (
        EVIL,
        TURNED,
        LONG,
        '"><svg onload=alert(2)>',
        "javascript:alert(3)",
        "line\u2028end",
        "nul\0esc\x1b[31m",
        "\ud800",
        "مكتبة",
    )
    findings = tuple(
        told(
            n,
            name,
            name,
            word,
            tuple(Hit(f"{name}/{i}", name, name, 1, (names[i % 9], name), "2026-11-29") for i in range(3)),
            message=name,
            title=name,
            klass=name,
            because=name,
            subject=name,
            rule=name,
            ids=(name,),
            fix=name,
            fixed_version=name,
            evidence=name,
            references=(f"javascript:alert('{name}')", name),
            new=True,
        )
        for n, (name, word) in enumerate(
            zip(names, ("malicious", "critical", "high", "medium", "low", "unknown", EVIL, "high", "low"), strict=True)
        )
    )
    findings = tuple(f._replace(action="block") for f in findings)
    deeds = tuple(Todo(n, (Deed(n, n, (findings[0].id, n), (n,), True),)) for n in names)
    kinds = tuple(names)
    circle = tuple(((i + 1) % len(names), i) for i in range(len(names)))
    return night._replace(
        snapshot=EVIL,
        policy=EVIL,
        tool=EVIL,
        findings=findings,
        cleared=findings,
        todo=deeds,
        moved=tuple(Moved(n, n, n, names, names, ((n, n, n),), n) for n in names),
        stock=tuple(Stock(n, n, n, n, names, names, names) for n in names),
        gaps=tuple(Gap(n, n, n, True, names) for n in names),
        members=tuple(Member(n, n, n, names, n, 1, 1, 1, 1, n) for n in names),
        tree=Tree(names, kinds, circle, {n: (i,) for i, n in enumerate(names)}),
    )
