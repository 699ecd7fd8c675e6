/** Squarified treemap: rectangles whose areas are as their values, as square as can be. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A box for each value, in order; values must fall, and be above zero. */
export function squarify(values: readonly number[], within: Box): Box[] {
  const total = values.reduce((all, value) => all + value, 0);
  if (total <= 0) return [];
  const scale = (within.width * within.height) / total;
  const areas = values.map((value) => value * scale);
  const boxes: Box[] = [];
  let left = within;
  for (let start = 0; start < areas.length; ) {
    const side = Math.min(left.width, left.height);
    let end = start + 1;
    let area = areas[start] ?? 0;
    let worst = ratio(area, areas[start] ?? 0, areas[start] ?? 0, side);
    while (end < areas.length) {
      const next = area + (areas[end] ?? 0);
      const stretched = ratio(next, areas[start] ?? 0, areas[end] ?? 0, side);
      if (stretched > worst) break;
      worst = stretched;
      area = next;
      end += 1;
    }
    left = row(areas.slice(start, end), area, left, boxes);
    start = end;
  }
  return boxes;
}

/** The worst ratio of sides in a row along a side. */
function ratio(area: number, most: number, least: number, side: number): number {
  const thickness = area / side;
  return Math.max(most / thickness ** 2, thickness ** 2 / least);
}

function row(areas: readonly number[], area: number, within: Box, into: Box[]): Box {
  const { x, y, width, height } = within;
  if (width >= height) {
    const across = height === 0 ? 0 : area / height;
    let top = y;
    for (const each of areas) {
      const tall = across === 0 ? 0 : each / across;
      into.push({ x, y: top, width: across, height: tall });
      top += tall;
    }
    return { x: x + across, y, width: Math.max(0, width - across), height };
  }
  const down = width === 0 ? 0 : area / width;
  let leftmost = x;
  for (const each of areas) {
    const wide = down === 0 ? 0 : each / down;
    into.push({ x: leftmost, y, width: wide, height: down });
    leftmost += wide;
  }
  return { x, y: y + down, width, height: Math.max(0, height - down) };
}
