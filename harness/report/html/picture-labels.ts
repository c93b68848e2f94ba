/** Where the words beside the arrows stand: each at its own arrow, none over another. Pure. */
import { isCrossing, overlap, type Point, type Rect } from './picture-layout.ts';
import type { Way } from './picture-model.ts';
import type { Route } from './picture-routes.ts';

/** Words beside an arrow, by the box that they fill. */
export interface Label {
  readonly way: Way;
  readonly text: string;
  readonly rect: Rect;
}

const HEIGHT = 15;
/** Pixels of a letter, at most, in the font of labels. */
const LETTER = 7;
const STEP = 6;

type Line = readonly [Point, Point];

const linesOf = ({ legs }: Route): readonly Line[] =>
  legs.flatMap(points => points.slice(1).map((point, index): Line => [points[index] ?? point, point]));

const isLevel = ([a, b]: Line): boolean => a.y === b.y;
const lengthOf = ([a, b]: Line): number => Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
const boxAt = ({ x, y }: Point, width: number): Rect => ({
  x: x - width / 2,
  y: y - HEIGHT / 2,
  width,
  height: HEIGHT,
});

const boxOf = ([a, b]: Line): Rect => ({
  x: Math.min(a.x, b.x) - 1,
  y: Math.min(a.y, b.y) - 1,
  width: Math.abs(a.x - b.x) + 2,
  height: Math.abs(a.y - b.y) + 2,
});

/** Lists places along a line, from its middle outwards, that leave room for a label. */
function spots(line: Line, width: number): readonly Point[] {
  const [a, b] = line;
  const level = isLevel(line);
  const free = lengthOf(line) - (level ? width : HEIGHT);
  const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  const offsets = [0];
  for (let offset = STEP; offset <= free / 2; offset += STEP) offsets.push(offset, -offset);
  return offsets.map(offset =>
    level ? { x: middle.x + offset, y: middle.y } : { x: middle.x, y: middle.y + offset },
  );
}

/**
 * Places the words of ways: on the longest level line of one that leaves its cluster, else on the longest
 * line, and above the line of calls within a cluster.
 * @param textOf - the words of a way; an empty text is none
 * @param boxes - what no label may cover, besides other arrows where that can be avoided
 */
export function labelsOf(
  routes: readonly Route[],
  textOf: (way: Way) => string,
  boxes: readonly Rect[],
): readonly Label[] {
  const labels: Label[] = [];
  for (const route of routes) {
    const text = textOf(route.way);
    if (text === '') continue;
    const width = [...text].length * LETTER + 6;
    const others = routes
      .filter(other => other !== route)
      .flatMap(linesOf)
      .map(boxOf);
    const taken = [...boxes, ...labels.map(({ rect }) => rect)];
    const rects = candidates(route, width);
    const isFree = (rect: Rect, obstacles: readonly Rect[]) => !obstacles.some(each => overlap(rect, each));
    const rect =
      rects.find(each => isFree(each, [...taken, ...others])) ??
      rects.find(each => isFree(each, taken)) ??
      rects[0];
    if (rect) labels.push({ way: route.way, text, rect });
  }
  return labels;
}

function candidates(route: Route, width: number): readonly Rect[] {
  const { way } = route;
  const lines = [...linesOf(route)].sort((a, b) => lengthOf(b) - lengthOf(a));
  const level = lines.filter(isLevel);
  if (way.kind === 'call' && !isCrossing(way)) {
    return level
      .flatMap(line => spots(line, width))
      .flatMap(({ x, y }) => [boxAt({ x, y: y - 10 }, width), boxAt({ x, y: y + 11 }, width)]);
  }
  const first = isCrossing(way) ? level : lines;
  return [...first, ...lines].flatMap(line => spots(line, width)).map(spot => boxAt(spot, width));
}
