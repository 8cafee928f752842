// Return what has too little contrast with what is behind it (WCAG 2.2, 1.4.3: 4.5 to 1).
() => {
  const parts = text => text.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = node => { for (; node; node = node.parentElement) {
    const colour = parts(getComputedStyle(node).backgroundColor); if (colour.length === 3 || colour[3] > 0) return colour; } return [255, 255, 255]; };
  const svgBehind = node => { const box = node.closest('.node'); return box ? parts(getComputedStyle(box.querySelector('rect')).fill) : behind(node); };
  const found = new Set();
  const walk = document.createTreeWalker(document.querySelector('body'), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !node.checkVisibility() || node.closest('script, title, desc, option, :disabled')) continue;
    const svg = node instanceof SVGElement, style = getComputedStyle(node);
    const [a, b] = [light(parts(svg ? style.fill : style.color)), light(svg ? svgBehind(node) : behind(node))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) found.add(`${node.tagName}.${node.className.baseVal ?? node.className} ${ratio.toFixed(2)}`);
  }
  return [...found];
}
