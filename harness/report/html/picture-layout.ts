/** Where the parts of the picture of a topology stand, in pixels. */
import type { ScenarioReport } from '../report.ts';

/** The box of a cluster, and the space between two of them. */
export const BOX = { width: 300, height: 222, gap: 70 } as const;

/** The box of a part of a cluster: client, workload, istiod, gateway. */
export const PART = { width: 108, height: 34 } as const;

/** Space between the frame of a network and its clusters. */
export const NETWORK_PADDING = 22;
const TOP = 84;
const COLUMNS = 4;

/** The middle of a part, or the end of an arrow; y grows downwards. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a cluster stands (its upper left corner), and where its parts do. */
export interface Place {
  readonly name: string;
  readonly network: string;
  readonly x: number;
  readonly y: number;
  readonly client: Point;
  readonly workload: Point;
  readonly istiod: Point;
  readonly gateway: Point;
}

/** Places the clusters in rows of four; those of one network stand side by side. */
export function placesOf({ topology }: ScenarioReport): readonly Place[] {
  const sorted = topology.networks.flatMap(({ name }) =>
    topology.clusters.filter(({ network }) => network === name),
  );
  return sorted.map(({ name, network }, index) => {
    const x = NETWORK_PADDING + 10 + (index % COLUMNS) * (BOX.width + BOX.gap);
    const y = TOP + Math.floor(index / COLUMNS) * (BOX.height + 190);
    const left = x + 14 + PART.width / 2;
    const right = x + BOX.width - 14 - PART.width / 2;
    return {
      name,
      network,
      x,
      y,
      istiod: { x: left, y: y + 62 },
      client: { x: left, y: y + 124 },
      workload: { x: right, y: y + 124 },
      gateway: { x: right, y: y + 186 },
    };
  });
}
