// The report's only script. It reads the data blocks of the page, and only ever sets text: a name is never markup.
(() => {
"use strict";
const ROWS = 100, FEW = 20, NOBODY = "no owner";
const $ = id => document.getElementById(id);
const put = (node, kids) => {
  for (const kid of kids) if (kid !== null && kid !== "" && kid !== undefined) node.append(kid);
  return node;
};
const el = (tag, given, ...kids) => {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(given || {})) {
    if (value === false || value === null) continue;
    if (key === "onclick") node.addEventListener("click", value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  return put(node, kids);
};
const bdi = (text, limit) => {
  const cut = limit && text.length > limit;
  return el("bdi", cut ? {title: text.slice(0, 1000)} : null, cut ? text.slice(0, limit) + "..." : text);
};
const number = n => n.toLocaleString("en-US");
const many = (n, one, more) => `${number(n)} ${n === 1 ? one : more}`;
const button = (text, act, given) => el("button", {type: "button", onclick: act, ...given}, text);
const tag = () => el("span", {class: "new"}, "new");
const badge = word => el("span", {class: "severity " + word}, word);

/* A long list, a part at a time. */
const slowly = (into, items, make, first) => {
  let at = 0;
  const step = () => {
    const until = Math.min(items.length, at + (at ? ROWS : first));
    const rest = document.createDocumentFragment();
    const focus = at > 0;
    let top = null;
    for (; at < until; at++) {
      const made = make(items[at]);
      top = top || made;
      rest.append(made);
    }
    into.append(rest);
    if (focus && top) { top.tabIndex = -1; top.focus(); }
    if (at < items.length) return;
    more.remove();
  };
  const more = button("", () => { step(); label(); }, {class: "rest"});
  const label = () => { more.textContent = `show ${number(Math.min(ROWS, items.length - at))} more of ${number(items.length)}`; };
  step();
  label();
  return at < items.length ? more : null;
};

/* ---- findings ---- */
const D = JSON.parse($("data").textContent), S = D.s;
const owners = D.o.map(i => S[i] || NOBODY), repositories = D.r.map(i => S[i]);
const FIELDS = ["name", "fixed", "subject", "ecosystem", "class", "action", "since", "title", "message", "fix", "rule",
  "confidence", "because", "evidence", "status"];
const findings = D.f.map((row, place) => {
  const told = {id: row[0], rank: row[1], severity: D.sv[row[1]], fresh: row[2] === 1, order: place};
  FIELDS.forEach((field, i) => { told[field] = S[row[3 + i]]; });
  [told.ids, told.references] = [row[18], row[19]].map(list => list.map(i => S[i]));
  [told.repositories, told.groups] = [row[20], row[21]];
  const reached = new Set(), owned = new Set();
  for (const [, , , , flat] of told.groups) {
    for (let i = 0, at = 0; i < flat.length; i += 2) {
      at += flat[i];
      reached.add(at);
      owned.add(owners[at]);
    }
  }
  told.reached = reached;
  told.owners = [...owned].sort((a, b) => (a === NOBODY) - (b === NOBODY) || order(a, b));
  told.held = new Set([...reached].map(at => repositories[at])).size;
  return told;
});
const text = told => told.text || (told.text = [told.id, told.name, told.subject, told.title, told.message, told.rule, ...told.ids]
  .join("\n").toLowerCase());

const KEYS = {
  severity: (a, b) => a.rank - b.rank, name: by("name"), class: by("class"), action: by("action"), fixed: by("fixed"),
  repositories: (a, b) => b.repositories - a.repositories, owners: (a, b) => order(a.owners[0], b.owners[0]),
  since: (a, b) => order(b.since, a.since),
};
function order(a = "", b = "") { return a < b ? -1 : a > b ? 1 : 0; }
function by(key) { return (a, b) => order(a[key].toLowerCase(), b[key].toLowerCase()); }

const PICKS = ["severity", "class", "action", "owner"], TEXTS = ["q", "repository"];
const state = {page: 0, sort: "", down: false, open: new Set()};
let shown = findings;

const matches = () => {
  const q = $("q").value.trim().toLowerCase().split(/\s+/).filter(Boolean), where = $("repository").value.trim().toLowerCase();
  const [severity, klass, action, owner] = PICKS.map(id => $(id).value), fresh = $("new").checked;
  const places = where && new Set(repositories.flatMap((r, i) => r.toLowerCase().includes(where) ? [i] : []));
  return findings.filter(told => (!severity || told.severity === severity) && (!klass || told.class === klass)
    && (!action || told.action === action) && (!fresh || told.fresh) && (!owner || told.owners.includes(owner))
    && (!places || [...told.reached].some(i => places.has(i))) && q.every(word => text(told).includes(word)));
};

const sorted = rows => {
  if (!state.sort) return rows;
  const turn = state.down ? -1 : 1, compare = KEYS[state.sort];
  return [...rows].sort((a, b) => turn * compare(a, b) || a.order - b.order);
};

const row = told => {
  const open = state.open.has(told.id);
  const head = button("", () => toggle(told), {class: "open mono", "aria-expanded": String(open), "aria-controls": "d" + told.id, id: "b" + told.id});
  head.append(bdi(told.name, 60));
  const cell = (label, inside, kind) => el("td", {"data-label": label, class: kind || null}, ...[].concat(inside));
  const more = told.owners.length > 2 ? ` +${told.owners.length - 2}` : "";
  return el("tr", {id: told.id},
    cell("Severity", badge(told.severity)),
    cell("Finding", [head, told.fresh ? " " : "", told.fresh ? tag() : "",
      el("span", {class: "told"}, bdi(told.message || told.title, 300))]),
    cell("Class", bdi(told.class, 30)), cell("Policy", bdi(told.action, 30)), cell("Fixed in", bdi(told.fixed || "–", 30)),
    cell("Repositories", number(told.repositories), "number"),
    cell("Owners", [bdi(told.owners.slice(0, 2).join(", "), 60), more]), cell("Since", bdi(told.since, 30)));
};

const link = address => /^https?:\/\//i.test(address) ? el("a", {href: address, rel: "noopener noreferrer"}, bdi(address, 100)) : bdi(address, 100);

const chain = (names, last) => {
  const whole = names.length && S[names[names.length - 1]] === last ? names.map(i => S[i]) : [...names.map(i => S[i]), last];
  return el("ol", {class: "chain"}, ...whole.map(n => el("li", null, bdi(n, 60))));
};

const details = told => {
  const facts = el("dl");
  const fact = (term, inside) => { if (inside && inside.length !== 0) facts.append(el("dt", null, term), el("dd", null, ...[].concat(inside))); };
  const listed = (items, make) => items.flatMap((item, i) => i ? [", ", make(item)] : [make(item)]);
  fact("Do now", told.fix && [el("strong", null, bdi(told.fix, 2000))]);
  fact("Fixed in", told.fixed && [bdi(told.fixed, 60)]);
  fact("Ids", listed(told.ids, i => bdi(i, 60)));
  fact("Policy", [bdi(told.action, 30), told.because ? ", " : "", bdi(told.because, 300)]);
  fact("Sure", told.confidence && [bdi(told.confidence, 30), " confidence", told.status && told.status !== "affected" ? ", " : "", told.status !== "affected" ? bdi(told.status, 30) : ""]);
  fact("Rule", [bdi(told.rule, 100), told.title ? ": " : "", bdi(told.title, 200)]);
  fact("Subject", [el("span", {class: "mono"}, bdi(told.subject, 300))]);
  fact("Known since", told.since && [bdi(told.since, 30)]);
  fact("Evidence", told.evidence && [el("pre", {tabindex: "0"}, bdi(told.evidence, 4000))]);
  fact("Read on", listed(told.references, link));

  const ways = new Map(), hits = [];
  for (const [way, path, since, fresh, flat] of told.groups) {
    for (let i = 0, at = 0; i < flat.length; i += 2) {
      at += flat[i];
      hits.push([at, S[path], flat[i + 1], S[since], fresh]);
      if (!ways.has(way)) ways.set(way, new Set());
      ways.get(way).add(at);
    }
  }
  const most = [...ways].sort((a, b) => b[1].size - a[1].size || D.v[a[0]].length - D.v[b[0]].length);
  const list = el("ul", {class: "plain ways"});
  const moreWays = slowly(list, most, ([way, in_]) => el("li", null,
    in_.size === 1 ? bdi(repositories[[...in_][0]], 60) : many(in_.size, "repository", "repositories"), " ", chain(D.v[way], told.name)), 5);
  const body = el("tbody");
  hits.sort((a, b) => b[4] - a[4] || order(repositories[a[0]], repositories[b[0]]) || order(a[1], b[1]));
  const moreHits = slowly(body, hits, ([at, path, line, since, fresh]) => el("tr", null, el("th", {scope: "row"}, bdi(repositories[at], 80), fresh ? " " : "", fresh ? tag() : ""),
    el("td", {"data-label": "Owner"}, bdi(owners[at], 60)),
    el("td", {"data-label": "File", class: "mono"}, path ? bdi(path + (line ? ":" + line : ""), 120) : "files read together"),
    el("td", {"data-label": "Since"}, bdi(since, 30))), FEW);
  const heads = ["Repository", "Owner", "File", "Since"].map(h => el("th", {scope: "col"}, h));
  return el("tr", {class: "more", id: "d" + told.id}, el("td", {colspan: "8"}, el("div", {class: "detail"},
    told.message.length > 300 ? el("p", {class: "message"}, bdi(told.message, 4000)) : "", facts,
    el("h3", null, `Why it is reached: ${many(most.length, "path", "different paths")}`), list, moreWays,
    el("h3", null, `Where: ${many(told.repositories, "repository", "repositories")}`),
    told.held < told.repositories ? el("p", {class: "soft"}, `${number(told.held)} of them are on this page; "depscan history who" tells all.`) : "",
    el("div", {class: "wide"}, el("table", {class: "cards"}, el("thead", null, el("tr", null, ...heads)), body)), moreHits,
    el("p", null, el("a", {href: "#" + told.id}, "Link to this finding")))));
};

const toggle = (told, open = !state.open.has(told.id)) => {
  const head = $("b" + told.id), old = $("d" + told.id);
  state.open[open ? "add" : "delete"](told.id);
  if (!head) return;
  head.setAttribute("aria-expanded", String(open));
  if (!open) { if (old) old.remove(); } else if (!old) $(told.id).after(details(told));
};

const draw = () => {
  shown = sorted(matches());
  const pages = Math.max(1, Math.ceil(shown.length / ROWS));
  state.page = Math.min(state.page, pages - 1);
  const first = state.page * ROWS, rows = shown.slice(first, first + ROWS);
  const made = document.createDocumentFragment();
  for (const told of rows) {
    made.append(row(told));
    if (state.open.has(told.id)) made.append(details(told));
  }
  if (!rows.length) made.append(el("tr", null, el("td", {colspan: "8", class: "calm"}, "No finding fits these filters.")));
  $("rows").replaceChildren(made);
  const range = shown.length > ROWS ? `${number(first + 1)} to ${number(first + rows.length)} of ` : "";
  const all = shown.length === findings.length ? "" : ` of ${number(findings.length)}`;
  $("shown").textContent = `${range}${many(shown.length, "finding", "findings")}${all}`;
  $("pages").hidden = pages === 1;
  $("pages").replaceChildren(
    button("Previous", () => turn(-1), {disabled: state.page === 0}), ` page ${state.page + 1} of ${pages} `,
    button("Next", () => turn(1), {disabled: state.page === pages - 1}));
  for (const th of document.querySelectorAll("th[data-key]")) {
    const own = th.dataset.key === state.sort;
    if (own) th.setAttribute("aria-sort", state.down ? "descending" : "ascending"); else th.removeAttribute("aria-sort");
  }
};

const turn = by_ => { state.page += by_; draw(); keep(); $("shown").scrollIntoView(); const next = document.querySelector("#rows button"); if (next) next.focus({preventScroll: true}); };

/* The filters are in the address, so that a view can be sent to somebody. */
const keep = () => {
  const made = new URLSearchParams();
  for (const id of [...TEXTS, ...PICKS]) if ($(id).value) made.set(id, $(id).value);
  if ($("new").checked) made.set("new", "1");
  if (state.sort) made.set("sort", (state.down ? "-" : "") + state.sort);
  if (state.page) made.set("page", state.page + 1);
  history.replaceState(null, "", "#" + (made.toString() || "findings"));
};

const fill = told => {
  for (const id of [...TEXTS, ...PICKS]) {
    $(id).value = told.get(id) || "";
    if ($(id).selectedIndex === -1) $(id).value = "";
  }
  $("new").checked = told.has("new");
  const sort = told.get("sort") || "", key = sort.replace("-", "");
  state.sort = Object.hasOwn(KEYS, key) ? key : "";
  state.down = sort.startsWith("-");
  state.page = Math.max(0, (parseInt(told.get("page"), 10) || 1) - 1);
};

const follow = () => {
  const hash = location.hash.slice(1);
  if (hash.startsWith("f-")) {
    const told = findings.find(one => one.id === hash);
    if (!told) return;
    if (!shown.includes(told)) { fill(new URLSearchParams()); shown = sorted(matches()); }
    state.page = Math.floor(shown.indexOf(told) / ROWS);
    state.open.add(told.id);
    draw();
    $(told.id).scrollIntoView();
    $("b" + told.id).focus({preventScroll: true});
  } else if (hash.includes("=")) {
    fill(new URLSearchParams(hash));
    draw();
    $("findings").scrollIntoView();
  } else {
    const fold = hash && $(hash) && $(hash).querySelector(":scope > details:only-of-type");
    if (fold) fold.open = true;
  }
};

const soon = act => { let timer = 0; return () => { clearTimeout(timer); timer = setTimeout(act, 80); }; };

const table = () => {
  const counts = (of, names) => names.map(n => [n, findings.filter(told => of(told) === n || (Array.isArray(of(told)) && of(told).includes(n))).length]);
  const distinct = of => [...new Set(findings.flatMap(of))].sort();
  const fillPick = (id, pairs) => { for (const [n, count] of pairs) if (count) $(id).append(el("option", {value: n}, `${n.slice(0, 60)} (${number(count)})`)); };
  fillPick("severity", counts(told => told.severity, D.sv));
  fillPick("class", counts(told => told.class, distinct(told => told.class)));
  fillPick("action", counts(told => told.action, ["block", "warn", "allow"]));
  fillPick("owner", counts(told => told.owners, distinct(told => told.owners)));
  for (const th of document.querySelectorAll("th[data-key]")) {
    const key = th.dataset.key;
    th.replaceChildren(button(th.textContent, () => {
      if (state.sort !== key) [state.sort, state.down] = [key, false];
      else if (!state.down) state.down = true;
      else [state.sort, state.down] = ["", false];
      state.page = 0;
      draw();
      keep();
    }, {class: "sort"}));
  }
  const changed = () => { state.page = 0; draw(); keep(); };
  for (const id of TEXTS) $(id).addEventListener("input", soon(changed));
  for (const id of [...PICKS, "new"]) $(id).addEventListener("change", changed);
  $("clear").addEventListener("click", () => { fill(new URLSearchParams()); changed(); $("q").focus(); });
  $("filters").hidden = false;
  draw();
  addEventListener("hashchange", follow);
  follow();
};

/* ---- dependency tree: children are made when a node is opened; a node inside itself ends ---- */
let T = null, parents = null;
const readTree = () => T || (T = JSON.parse($("tree-data").textContent));
const asked = () => {
  if (parents) return parents;
  parents = T.n.map(() => ({nodes: [], repositories: []}));
  T.c.forEach((kids, i) => kids.forEach(kid => parents[kid].nodes.push(i)));
  T.r.forEach(([, roots], i) => roots.forEach(root => parents[root].repositories.push(i)));
  return parents;
};
const branch = (head, grow) => {
  const node = el("details", null, el("summary", null, ...head));
  node.addEventListener("toggle", () => { if (node.open && node.childElementCount === 1) grow(node); });
  return node;
};
const kind = at => { const word = T.k[T.d[at]]; return word && word !== "package" ? el("span", {class: "soft"}, " " + word) : ""; };
const item = inside => el("li", null, inside);
const leaf = (at, why) => el("span", {class: "leaf"}, bdi(T.n[at], 80), kind(at), why ? el("span", {class: "soft"}, why) : "");
const grown = (into, items, make) => { const list = el("ul"); const more = slowly(list, items, make, ROWS); put(into, [list, more]); };
const down = (at, above) => {
  if (above.includes(at)) return leaf(at, " asks for itself in a circle: ends here");
  if (!T.c[at].length) return leaf(at);
  const size = el("span", {class: "soft"}, ` asks for ${number(T.c[at].length)}`);
  return branch([bdi(T.n[at], 80), kind(at), size], node => grown(node, T.c[at], kid => item(down(kid, [...above, at]))));
};
const askers = at => [...asked()[at].repositories.map(i => -1 - i), ...asked()[at].nodes];
const up = (at, below) => {
  if (below.includes(at)) return leaf(at, " asks for itself in a circle: ends here");
  const all = askers(at);
  if (!all.length) return leaf(at);
  return branch([bdi(T.n[at], 80), kind(at), el("span", {class: "soft"}, ` asked for by ${number(all.length)}`)], node => grown(node, all, who => asker(who, [...below, at])));
};
const asker = (who, below) => item(who >= 0 ? up(who, below)
  : el("span", {class: "leaf"}, bdi(T.r[-1 - who][0], 80), el("span", {class: "soft"}, " repository")));
const repository = ([called, roots]) => branch([bdi(called, 80), el("span", {class: "soft"}, ` asks for ${number(roots.length)}`)],
  node => grown(node, roots, at => item(down(at, []))));
const found = at => branch([bdi(T.n[at], 80), kind(at)], node => {
  for (const [words, items, make] of [["is asked for by", askers(at), who => asker(who, [at])], ["asks for", T.c[at], kid => item(down(kid, [at]))]]) {
    node.append(el("p", {class: "soft side"}, `${words} ${items.length ? number(items.length) : "nothing"}`));
    if (items.length) grown(node, items, make);
  }
});

const tree = () => {
  if (!$("tree-q")) return;
  const show = () => {
    readTree();
    const q = $("tree-q").value.trim().toLowerCase(), rows = $("tree-rows");
    const where = T.r.filter(([called]) => called.toLowerCase().includes(q));
    const what = q ? T.n.flatMap((called, i) => called.toLowerCase().includes(q) ? [i] : []) : [];
    const list = el("ul");
    const more = slowly(list, [...what, ...where], one => item(typeof one === "number" ? found(one) : repository(one)), FEW);
    rows.replaceChildren(...[list, more].filter(Boolean));
    $("tree-said").textContent = q ? `${many(what.length, "package", "packages")} and ${many(where.length, "repository", "repositories")} found` : many(where.length, "repository", "repositories");
  };
  $("tree-q").addEventListener("input", soon(show));
  $("tree-filters").hidden = false;
  const seen = new IntersectionObserver(entries => { if (entries.some(e => e.isIntersecting)) { seen.disconnect(); show(); } }, {rootMargin: "400px"});
  seen.observe($("tree"));
};

/* ---- print: what is folded is opened, and closed again afterwards ---- */
const opened = [];
const paper = on => {
  if (on && !opened.length) {
    for (const fold of document.querySelectorAll("main details:not([open])")) if (!fold.closest("#tree")) { fold.open = true; opened.push(() => { fold.open = false; }); }
    for (const told of shown.slice(state.page * ROWS, (state.page + 1) * ROWS)) if (!state.open.has(told.id)) { toggle(told, true); opened.push(() => toggle(told, false)); }
  } else if (!on) opened.splice(0).forEach(close => close());
};
matchMedia("print").addEventListener("change", event => paper(event.matches));
addEventListener("beforeprint", () => paper(true));
addEventListener("afterprint", () => paper(false));

if (findings.length) table();
tree();
document.documentElement.dataset.ready = String(Math.round(performance.now()));
})();
