// Return boxes of the why graph that stand on one another, and texts that leave their box.
() => {
  const nodes = [...document.querySelectorAll("#why .node")], place = node => node.getBoundingClientRect();
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const found = [];
  nodes.forEach((node, i) => {
    for (const other of nodes.slice(i + 1)) if (meet(place(node), place(other))) found.push(`${node.textContent} on ${other.textContent}`);
    const box = place(node.querySelector("rect"));
    for (const text of node.querySelectorAll("text")) {
      if (place(text).right > box.right || place(text).left < box.left) found.push(`${text.textContent} leaves its box`);
    }
  });
  return found;
}
