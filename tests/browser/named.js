// Return what a screen reader could not name: parts, tables, columns, controls, and ids that are there twice.
() => {
  const every = selector => [...document.querySelectorAll(selector)], found = [];
  const told = (fine, node) => { if (!fine) found.push(node.outerHTML.slice(0, 100)); };
  for (const part of every("main > section")) told(document.getElementById(part.getAttribute("aria-labelledby")), part);
  for (const table of every("table")) told(table.caption || table.closest(".detail"), table);
  for (const head of every("th")) told(head.scope, head);
  for (const control of every("input, select")) told(control.labels.length === 1, control);
  const ids = every("[id]").map(node => node.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(id);
  return found;
}
