"""The tables of the store, one script per schema version: a store of an older version is brought up to date.

Words in braces differ per database: ``{blob}`` is bytes, ``{rowless}`` ends a table that is its own index.

A *reading* is what the files of a repository say; it is content, shared and never changed. A *state* says from which
night to which one a repository had a reading; a *package_finding*, from which to which a package had a finding. What
holds still has no last night. Findings of packages are joined to repositories when asked, never copied.
"""

_FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE night (id INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT NOT NULL, tool TEXT NOT NULL,
  shard TEXT NOT NULL, snapshot TEXT NOT NULL, policy TEXT NOT NULL, more TEXT NOT NULL);
CREATE TABLE repository (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, place TEXT NOT NULL, owner TEXT NOT NULL,
  team TEXT NOT NULL, tags TEXT NOT NULL, mark TEXT NOT NULL);
CREATE TABLE package (id INTEGER PRIMARY KEY, purl TEXT NOT NULL UNIQUE, ecosystem TEXT NOT NULL, name TEXT NOT NULL,
  version TEXT NOT NULL, source TEXT NOT NULL, registry TEXT NOT NULL, url TEXT NOT NULL, git_commit TEXT NOT NULL,
  kind TEXT NOT NULL, release TEXT NOT NULL, judged TEXT NOT NULL);
CREATE INDEX package_name ON package (name, version);
CREATE TABLE graph (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, nodes {blob} NOT NULL, up {blob} NOT NULL,
  edges {blob} NOT NULL);
CREATE TABLE node (package INTEGER NOT NULL, graph INTEGER NOT NULL, PRIMARY KEY (package, graph)){rowless};
CREATE TABLE reading (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, until TEXT NOT NULL, files INTEGER NOT NULL,
  bytes INTEGER NOT NULL, seconds REAL NOT NULL, more {blob} NOT NULL);
CREATE TABLE part (reading INTEGER NOT NULL, path TEXT NOT NULL, format TEXT NOT NULL, graph INTEGER NOT NULL,
  packages INTEGER NOT NULL, PRIMARY KEY (reading, path)){rowless};
CREATE INDEX part_graph ON part (graph);
CREATE TABLE finding (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL,
  rule TEXT NOT NULL, class TEXT NOT NULL, severity INTEGER NOT NULL, subject TEXT NOT NULL, more TEXT NOT NULL);
CREATE TABLE reading_finding (reading INTEGER NOT NULL, finding INTEGER NOT NULL,
  PRIMARY KEY (reading, finding)){rowless};
CREATE INDEX finding_reading ON reading_finding (finding);
CREATE TABLE package_finding (package INTEGER NOT NULL, finding INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER,
  PRIMARY KEY (package, finding, first)){rowless};
CREATE TABLE state (repository INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER, reading INTEGER,
  revision TEXT NOT NULL, problem TEXT NOT NULL, PRIMARY KEY (repository, first)){rowless};
CREATE INDEX state_reading ON state (reading);
CREATE INDEX state_last ON state (last);
"""

MIGRATIONS = (_FIRST,)
TABLES = frozenset(
    {
        "finding",
        "graph",
        "meta",
        "night",
        "node",
        "package",
        "package_finding",
        "part",
        "reading",
        "reading_finding",
        "repository",
        "state",
    }
)
