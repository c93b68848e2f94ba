/** Where the boxes of a picture stand, in pixels; y grows downwards. Pure. */
import type { Part, PicturedCluster, PictureModel, Way } from './picture-model.ts';

/** A point, or the end of an arrow. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box, by its upper left corner. */
export interface Rect extends Point {
  readonly width: number;
  readonly height: number;
}

/** Tells whether two boxes share any point. */
export const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** The box of a part. */
export const PART = { width: 156, height: 38 } as const;
/** Space between two tracks, and between two lanes, which have labels. */
const TRACK = 9;
const LANE = 20;
/** Above it is the name of the cluster. */
const HEADER = 40;
const ROW = 58;
const MIDDLE = 80;
const RIGHT_MARGIN = 22;
const FRAME = { above: 26, below: 12 } as const;
const CELL_PADDING = 16;
const GRID_GAP = 34;
/** Between two clusters; with arrows there is room for the words of the shortest lane. */
const GAP = { arrows: 70, grid: 14 } as const;

/** With more clusters than this, arrows between them would hide each other: tables tell the same. */
const MAX_CLUSTERS_WITH_ARROWS = 3;
const GRID_COLUMNS = 3;

/** Ends of a way: the clusters, and whether arrows leave them. */
export const clusterOf = (partId: string): string => partId.split('/')[1] ?? '';

/** Tells whether the ways between clusters are drawn, not told in tables. */
export const hasArrows = ({ clusters }: Pick<PictureModel, 'clusters'>): boolean =>
  clusters.length <= MAX_CLUSTERS_WITH_ARROWS;

/** Tells whether a way leaves its cluster. */
export const isCrossing = ({ from, to }: Way): boolean => clusterOf(from) !== clusterOf(to);

/** The box of a cluster, with its parts. */
export interface PlacedCluster {
  readonly cluster: PicturedCluster;
  readonly rect: Rect;
  readonly parts: ReadonlyMap<string, Rect>;
  /** The way along its left margin that parts take. */
  readonly leftMargin: number;
}

/** The frame of the clusters on one network: a row, or whole rows. */
export interface Frame {
  readonly network: string;
  readonly rect: Rect;
}

/** Where everything but the arrows stands. */
export interface Places {
  readonly width: number;
  readonly height: number;
  readonly clusters: ReadonlyMap<string, PlacedCluster>;
  readonly frames: readonly Frame[];
  /** Where the lanes above and below the clusters begin, and grow from there. */
  readonly lanes: { readonly top: number; readonly bottom: number };
}

/** How much room the ways need: tracks at the sides of each cluster, and lanes. */
export interface Room {
  readonly tracks: ReadonlyMap<string, { readonly left: number; readonly right: number }>;
  readonly buses: ReadonlyMap<string, number>;
  readonly lanes: { readonly top: number; readonly bottom: number };
}

/** Returns the x of a track beside a cluster's box. */
export const trackX = (rect: Rect, side: 'left' | 'right', index: number): number =>
  side === 'left' ? rect.x - 12 - TRACK * index : rect.x + rect.width + 12 + TRACK * index;

/** Returns the y of a lane. */
export const laneY = ({ lanes }: Places, side: 'top' | 'bottom', index: number): number =>
  side === 'top' ? lanes.top - LANE * index : lanes.bottom + LANE * index;

/** Places the clusters: in one row with arrows, else in a grid. */
export function placesOf(model: PictureModel, room: Room): Places {
  const columns = hasArrows(model) ? MAX_CLUSTERS_WITH_ARROWS : GRID_COLUMNS;
  const gap = hasArrows(model) ? GAP.arrows : GAP.grid;
  const rows = rowsOf(model);
  const above = 12 + room.lanes.top * LANE + FRAME.above;
  const tallest = Math.max(0, ...model.clusters.map(cluster => heightOf(cluster, rows)));
  const clusters = new Map<string, PlacedCluster>();
  let x = 0;
  const cells = cellsIn(model, columns);
  model.clusters.forEach((cluster, index) => {
    const { row, column } = cells[index] ?? { row: 0, column: 0 };
    if (column === 0) x = 4;
    const { left, right } = room.tracks.get(cluster.name) ?? { left: 0, right: 0 };
    const leftMargin = 16 + 8 * Math.max(2, room.buses.get(cluster.name) ?? 0);
    const rect = {
      x: x + CELL_PADDING + TRACK * left,
      y: above + row * (tallest + FRAME.above + FRAME.below + GRID_GAP),
      width: leftMargin + PART.width * 2 + MIDDLE + RIGHT_MARGIN,
      height: tallest,
    };
    clusters.set(cluster.name, {
      cluster,
      rect,
      leftMargin,
      parts: placeParts(cluster, rect, leftMargin, rows),
    });
    x = rect.x + rect.width + CELL_PADDING + TRACK * right + gap;
  });
  const all = [...clusters.values()].map(({ rect }) => rect);
  const bottom = Math.max(0, ...all.map(rect => rect.y + rect.height)) + FRAME.below;
  const width = Math.max(0, ...[...clusters.values()].map(placed => cellOf(placed, room).right)) + 4;
  return {
    width,
    height: bottom + 10 + room.lanes.bottom * LANE,
    clusters,
    frames: framesOf(model, clusters, room),
    lanes: { top: above - FRAME.above - 12, bottom: bottom + 14 },
  };
}

/** Gives each cluster its cell of the grid. A network is in one row, or has all of its rows for itself. */
function cellsIn(
  { clusters }: PictureModel,
  columns: number,
): readonly { readonly row: number; readonly column: number }[] {
  let next = 0;
  return clusters.map(({ network }, index) => {
    const isFirst = network !== clusters[index - 1]?.network;
    const size = clusters.filter(other => other.network === network).length;
    const before = clusters.filter(other => other.network === clusters[index - 1]?.network).length;
    const isFull = (next % columns) + size > columns || before > columns;
    if (isFirst && isFull) next = Math.ceil(next / columns) * columns;
    const cell = { row: Math.floor(next / columns), column: next % columns };
    next += 1;
    return cell;
  });
}

/** Returns where the tracks beside a cluster end. */
function cellOf({ cluster, rect }: PlacedCluster, { tracks }: Room): { left: number; right: number } {
  const { left, right } = tracks.get(cluster.name) ?? { left: 0, right: 0 };
  return {
    left: rect.x - CELL_PADDING - TRACK * left + 2,
    right: rect.x + rect.width + CELL_PADDING + TRACK * right - 2,
  };
}

function framesOf(
  { clusters }: PictureModel,
  placed: ReadonlyMap<string, PlacedCluster>,
  room: Room,
): readonly Frame[] {
  const runs = new Map<string, PlacedCluster[]>();
  for (const { name, network } of clusters) {
    const place = placed.get(name);
    if (!place) continue;
    runs.set(network, [...(runs.get(network) ?? []), place]);
  }
  return [...runs.values()].map(run => {
    const cells = run.map(place => cellOf(place, room));
    const left = Math.min(...cells.map(cell => cell.left));
    const y = Math.min(...run.map(({ rect }) => rect.y)) - FRAME.above;
    const height = Math.max(...run.map(({ rect }) => rect.y + rect.height)) + FRAME.below - y;
    const width = Math.max(...cells.map(cell => cell.right)) - left;
    return { network: run[0]?.cluster.network ?? '', rect: { x: left, y, width, height } };
  });
}

/** The rows of parts, from above: control plane, the way to another one, workloads, gateway. */
const ROWS: readonly (readonly Part['kind'][])[] = [
  ['istiod', 'api-server'],
  ['istiod-service'],
  ['client', 'helloworld'],
  ['gateway'],
];

/** Returns the rows that some cluster of a picture has. */
const rowsOf = ({ clusters }: PictureModel): typeof ROWS =>
  ROWS.filter(kinds => clusters.some(({ parts }) => parts.some(({ kind }) => kinds.includes(kind))));

const versionsIn = ({ parts }: PicturedCluster): number =>
  parts.filter(({ kind }) => kind === 'helloworld').length;

/** The versions of HelloWorld are stacked, without a space. */
const stackHeight = (cluster: PicturedCluster): number => Math.max(1, versionsIn(cluster)) * PART.height;

const heightOf = (cluster: PicturedCluster, rows: typeof ROWS): number =>
  HEADER + ROW * rows.length + stackHeight(cluster) - PART.height;

function placeParts(
  cluster: PicturedCluster,
  rect: Rect,
  leftMargin: number,
  rows: typeof ROWS,
): ReadonlyMap<string, Rect> {
  const left = rect.x + leftMargin;
  const right = left + PART.width + MIDDLE;
  let stacked = 0;
  return new Map(
    cluster.parts.map(({ id, kind }) => {
      const isRight = kind === 'api-server' || kind === 'helloworld';
      const below = kind === 'gateway' ? stackHeight(cluster) - PART.height : 0;
      const y =
        rect.y +
        HEADER +
        rows.findIndex(kinds => kinds.includes(kind)) * ROW +
        below +
        (kind === 'helloworld' ? stacked : 0);
      if (kind === 'helloworld') stacked += PART.height;
      return [id, { x: isRight ? right : left, y, ...PART }] as const;
    }),
  );
}
