/**
 * The arrows of a picture as lines of right angles. They leave and enter parts at their sides, run beside the
 * clusters on tracks and between them on lanes, so that none runs through a box. Pure.
 */
import {
  clusterOf,
  hasArrows,
  isCrossing,
  laneY,
  PART,
  type Places,
  type Point,
  placesOf,
  type Rect,
  type Room,
  trackX,
} from './picture-layout.ts';
import type { PictureModel, Way } from './picture-model.ts';

type Side = 'left' | 'right' | 'bottom' | 'top';

/** A place on a way: a side of a part, or a line on which it runs. */
type Stop =
  | { readonly port: string; readonly side: Side; readonly at?: 'middle' | 'near-top' }
  | { readonly track: string; readonly side: 'left' | 'right' }
  | { readonly lane: 'top' | 'bottom' }
  | { readonly bus: string; readonly side: 'left' | 'middle' | 'right' };

/** A way with the points that it runs through; behind a gateway it begins anew. */
export interface Route {
  readonly way: Way;
  readonly legs: readonly (readonly Point[])[];
}

/** Parts and arrows with their places. */
export interface Routed extends Places {
  readonly routes: readonly Route[];
}

/** Places a picture: makes room for the arrows, places the boxes, and draws the arrows between them. */
export function routed(model: PictureModel): Routed {
  const ways = model.ways.filter(way => hasArrows(model) || !isCrossing(way));
  const stops = new Map(ways.map(way => [way, stopsOf(way, model)]));
  const claims = new Claims([...stops.values()].flat());
  const places = placesOf(model, claims.room());
  const routes = ways.map(way => ({ way, legs: legsOf(stops.get(way) ?? [], claims, places) }));
  return { ...places, routes };
}

const kindOf = (partId: string): string => partId.split('/')[0] ?? '';

function stopsOf(way: Way, model: PictureModel): readonly Stop[] {
  if (way.kind === 'secret') return secretStops(way);
  if (way.kind === 'call') return callStops(way, model);
  return isCrossing(way) ? crossingStops(way) : connectionStops(way, model);
}

const secretStops = ({ from, to }: Way): readonly Stop[] => [
  { port: from, side: 'left' },
  { track: clusterOf(from), side: 'left' },
  { lane: 'top' },
  { track: clusterOf(to), side: 'right' },
  { port: to, side: 'right' },
];

/** Enters HelloWorld from below, or from the right if another version stands below. */
function intoHelloWorld(to: string, model: PictureModel): readonly Stop[] {
  const stack = model.clusters
    .find(({ name }) => name === clusterOf(to))
    ?.parts.filter(({ kind }) => kind === 'helloworld');
  if (stack?.at(-1)?.id === to) return [{ port: to, side: 'bottom' }];
  return [
    { bus: clusterOf(to), side: 'right' },
    { port: to, side: 'right' },
  ];
}

function callStops(way: Way, model: PictureModel): readonly Stop[] {
  const { from, to, via } = way;
  if (!isCrossing(way)) {
    return [
      { port: from, side: 'right', at: 'middle' },
      { bus: clusterOf(to), side: 'middle' },
      { port: to, side: 'left', at: 'middle' },
    ];
  }
  const out: readonly Stop[] = [
    { port: from, side: 'left' },
    { track: clusterOf(from), side: 'left' },
    { lane: 'bottom' },
  ];
  const intoCluster: readonly Stop[] = [
    { track: clusterOf(to), side: 'right' },
    { port: to, side: 'right' },
  ];
  if (via === undefined) return [...out, ...intoCluster];
  const through: readonly Stop[] = [
    { port: via, side: 'bottom' },
    { port: via, side: 'right' },
  ];
  if (clusterOf(via) === clusterOf(to)) return [...out, ...through, ...intoHelloWorld(to, model)];
  return [...out, ...through, { track: clusterOf(via), side: 'right' }, { lane: 'bottom' }, ...intoCluster];
}

/** From a remote's Service of istiod to the istiod of another cluster. */
function crossingStops({ from, to, via }: Way): readonly Stop[] {
  const out: readonly Stop[] = [
    { port: from, side: 'left' },
    { track: clusterOf(from), side: 'left' },
  ];
  const intoCluster: readonly Stop[] = [
    { track: clusterOf(to), side: 'left' },
    { port: to, side: 'left' },
  ];
  if (via === undefined) return [...out, { lane: 'top' }, ...intoCluster];
  const through: readonly Stop[] = [
    { lane: 'bottom' },
    { port: via, side: 'bottom' },
    { port: via, side: 'left' },
  ];
  if (clusterOf(via) === clusterOf(to)) {
    return [...out, ...through, { bus: clusterOf(to), side: 'left' }, { port: to, side: 'left' }];
  }
  return [...out, ...through, { track: clusterOf(via), side: 'left' }, { lane: 'top' }, ...intoCluster];
}

/** From a proxy to the istiod of its cluster, or to the Service that leads to another's. */
function connectionStops({ from, to }: Way, model: PictureModel): readonly Stop[] {
  const cluster = clusterOf(from);
  const parts = model.clusters.find(({ name }) => name === cluster)?.parts ?? [];
  const isBehind = kindOf(to) === 'istiod' && parts.some(({ kind }) => kind === 'istiod-service');
  if (kindOf(from) === 'client' && !isBehind) {
    return [
      { port: from, side: 'top', at: 'middle' },
      { port: to, side: 'bottom', at: 'middle' },
    ];
  }
  if (kindOf(from) === 'helloworld') {
    return [
      { port: from, side: 'left', at: 'near-top' },
      { bus: cluster, side: 'middle' },
      { port: to, side: 'right' },
    ];
  }
  return [
    { port: from, side: 'left' },
    { bus: cluster, side: 'left' },
    { port: to, side: 'left' },
  ];
}

/** Who uses which side, track, bus and lane: each gets a place of its own. */
class Claims {
  readonly #users = new Map<string, Stop[]>();

  constructor(stops: readonly Stop[]) {
    for (const stop of stops) {
      const key = keyOf(stop);
      this.#users.set(key, [...(this.#users.get(key) ?? []), stop]);
    }
  }

  /** Returns which of the users a stop is, and how many there are. */
  rank(stop: Stop): { readonly index: number; readonly count: number } {
    const users = this.#users.get(keyOf(stop)) ?? [];
    return { index: users.indexOf(stop), count: users.length };
  }

  room(): Room {
    const count = (key: string) => this.#users.get(key)?.length ?? 0;
    const names = [...this.#users.keys()].flatMap(key => /^(?:track|bus) \w+ (.+)$/.exec(key)?.[1] ?? []);
    return {
      tracks: new Map(
        names.map(name => [name, { left: count(`track left ${name}`), right: count(`track right ${name}`) }]),
      ),
      buses: new Map(names.map(name => [name, count(`bus left ${name}`)])),
      lanes: { top: count('lane top'), bottom: count('lane bottom') },
    };
  }
}

function keyOf(stop: Stop): string {
  if ('lane' in stop) return `lane ${stop.lane}`;
  if ('track' in stop) return `track ${stop.side} ${stop.track}`;
  if ('bus' in stop) return `bus ${stop.side} ${stop.bus}`;
  return stop.at === undefined ? `port ${stop.side} ${stop.port}` : `${stop.at} ${stop.side} ${stop.port}`;
}

/** Returns the point of a side that a stop means; those that share it are spread evenly. */
function portAt(rect: Rect, stop: Extract<Stop, { port: string }>, claims: Claims): Point {
  const { index, count } = claims.rank(stop);
  const part = stop.at === 'middle' ? 0.5 : (index + 1) / (count + 1);
  const x = { left: rect.x, right: rect.x + rect.width, top: 0, bottom: 0 }[stop.side];
  const y = { top: rect.y, bottom: rect.y + rect.height, left: 0, right: 0 }[stop.side];
  if (stop.side === 'top' || stop.side === 'bottom') return { x: rect.x + rect.width * part, y };
  return { x, y: stop.at === 'near-top' ? rect.y + 7 : rect.y + rect.height * part };
}

function busX(stop: Extract<Stop, { bus: string }>, claims: Claims, places: Places): number {
  const place = places.clusters.get(stop.bus);
  if (!place) return 0;
  const { index } = claims.rank(stop);
  const left = place.rect.x + place.leftMargin;
  if (stop.side === 'left') return left - 10 - 8 * index;
  if (stop.side === 'right') return place.rect.x + place.rect.width - 6;
  return left + PART.width + 68 - 7 * index;
}

function legsOf(stops: readonly Stop[], claims: Claims, places: Places): readonly (readonly Point[])[] {
  const legs: Point[][] = [];
  let before: Stop | undefined;
  for (const stop of stops) {
    if (before === undefined || ('port' in before && 'port' in stop && before.port === stop.port))
      legs.push([]);
    before = stop;
    const leg = legs.at(-1) ?? [];
    const last = leg.at(-1);
    const { index } = claims.rank(stop);
    const goTo = (x: number, y: number) => void leg.push({ x, y });
    if ('lane' in stop) goTo(last?.x ?? 0, laneY(places, stop.lane, index));
    else if ('track' in stop) {
      const rect = places.clusters.get(stop.track)?.rect;
      if (rect) goTo(trackX(rect, stop.side, index), last?.y ?? 0);
    } else if ('bus' in stop) goTo(busX(stop, claims, places), last?.y ?? 0);
    else {
      const rect = places.clusters.get(clusterOf(stop.port))?.parts.get(stop.port);
      if (!rect) continue;
      const { x, y } = portAt(rect, stop, claims);
      const isUpright = stop.side === 'top' || stop.side === 'bottom';
      if (last) goTo(isUpright ? x : last.x, isUpright ? last.y : y);
      goTo(x, y);
    }
  }
  return legs.map(withoutRepeats);
}

const withoutRepeats = (points: readonly Point[]): readonly Point[] =>
  points.filter(({ x, y }, index) => points[index - 1]?.x !== x || points[index - 1]?.y !== y);
