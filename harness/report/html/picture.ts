/**
 * The topology as a picture (SVG): networks, clusters, gateways, and the traffic that was seen, with its
 * shares.
 */
import { controlPlaneOf, isMultiNetwork, isRemote } from '../../model/topology.ts';
import type { ScenarioReport } from '../report.ts';
import { percent, trafficOf } from '../words.ts';
import { html, type Markup } from './text.ts';

const BOX = { width: 300, height: 222, gap: 70 } as const;
const PART = { width: 108, height: 34 } as const;
const NETWORK_PADDING = 22;
const TOP = 84;
const COLUMNS = 4;
/** With more clusters than this, arrows would hide the picture: the table beside it tells the same. */
const MAX_CLUSTERS_WITH_ARROWS = 6;

interface Point {
  readonly x: number;
  readonly y: number;
}
interface Place {
  readonly name: string;
  readonly network: string;
  readonly x: number;
  readonly y: number;
  readonly client: Point;
  readonly workload: Point;
  readonly istiod: Point;
  readonly gateway: Point;
}

function part({ x, y }: Point, label: string, isBad = false): Markup {
  const { width, height } = PART;
  return html`<rect class="part${isBad ? ' bad' : ''}" x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="6"/>
<text x="${x}" y="${y + 4}" text-anchor="middle">${label}</text>`;
}

/** Clusters of one network stand side by side. */
function placesOf({ topology }: ScenarioReport): readonly Place[] {
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

/**
 * A curve from one point to another that bows by `bow` pixels, downwards if positive; its label sits on it.
 */
function arrow(
  from: Point,
  to: Point,
  bow: number,
  kind: 'local' | 'remote' | 'control',
  label: string,
  share = 0,
): Markup {
  const middle = (from.x + to.x) / 2;
  const path = `M${from.x},${from.y} C${from.x},${from.y + bow} ${to.x},${to.y + bow} ${to.x},${to.y}`;
  const width = kind === 'control' ? 1.5 : 1 + 5 * share;
  const y = (from.y + to.y) / 2 + bow * 0.75 - (kind === 'local' ? 11 : 0);
  return html`<path class="${kind}" d="${path}" stroke-width="${width.toFixed(1)}" marker-end="url(#arrow-${kind})"/>
${label === '' ? undefined : html`<text class="share${kind === 'local' ? '' : ' over'}" x="${middle}" y="${y + 4}" text-anchor="middle">${label}</text>`}`;
}

function clusterBox(scenario: ScenarioReport, place: Place): Markup {
  const spec = scenario.topology.clusters.find(({ name }) => name === place.name);
  if (!spec) return html``;
  const hasGateway = scenario.steps.some(
    ({ cluster, id }) => cluster === place.name && /\/install-gateway$/.test(id),
  );
  const notReady = scenario.checks.some(
    ({ cluster, id, outcome }) =>
      cluster === place.name && id.endsWith('-workloads-ready') && outcome !== 'passed',
  );
  const role = isRemote(spec) ? `remote of ${controlPlaneOf(spec)}` : 'primary';
  return html`<rect class="cluster" x="${place.x}" y="${place.y}" width="${BOX.width}" height="${BOX.height}" rx="10"/>
<text class="name" x="${place.x + 14}" y="${place.y + 26}">${place.name}</text>
<text class="small" x="${place.x + BOX.width - 14}" y="${place.y + 26}" text-anchor="end">${role}, ${place.network}</text>
${isRemote(spec) ? undefined : part(place.istiod, 'istiod')}
${hasGateway ? part(place.gateway, 'gateway') : undefined}
${spec.client ? part(place.client, 'client', notReady) : undefined}
${spec.helloWorld.length > 0 ? part(place.workload, `helloworld ${spec.helloWorld.join(' ')}`, notReady) : undefined}`;
}

function networkBoxes(places: readonly Place[]): readonly Markup[] {
  const rows = new Map<string, Place[]>();
  for (const place of places) {
    const key = `${place.network}/${place.y}`;
    rows.set(key, [...(rows.get(key) ?? []), place]);
  }
  return [...rows.values()].map(row => {
    const x = Math.min(...row.map(place => place.x)) - NETWORK_PADDING;
    const y = Math.min(...row.map(place => place.y)) - 54;
    const width = Math.max(...row.map(place => place.x)) + BOX.width + NETWORK_PADDING - x;
    return html`<rect class="network" x="${x}" y="${y}" width="${width}" height="${BOX.height + 172}" rx="12"/>
<text class="small" x="${x + 12}" y="${y + 18}">${row[0]?.network}</text>`;
  });
}

function arrows(scenario: ScenarioReport, places: readonly Place[]): readonly Markup[] {
  const at = new Map(places.map(place => [place.name, place]));
  const drawn: Markup[] = [];
  for (const { from, sample, convergence } of trafficOf(scenario)) {
    const source = at.get(from);
    const counted = sample ?? convergence.lastBatch;
    if (!source || !counted) continue;
    const counts = new Map<string, number>();
    for (const { cluster, count } of counted.instances) {
      if (cluster !== null) counts.set(cluster, (counts.get(cluster) ?? 0) + count);
    }
    for (const [cluster, count] of counts) {
      const target = at.get(cluster);
      if (!target || counted.requests === 0) continue;
      const share = count / counted.requests;
      drawn.push(...trafficArrows(source, target, share));
    }
  }
  for (const spec of scenario.topology.clusters.filter(isRemote)) {
    const source = at.get(spec.name);
    const target = at.get(controlPlaneOf(spec));
    if (!source || !target) continue;
    const from = { x: source.client.x + 40, y: source.client.y - PART.height / 2 };
    drawn.push(
      arrow(
        from,
        { x: target.istiod.x, y: target.istiod.y - PART.height / 2 },
        -96,
        'control',
        'configuration',
      ),
    );
  }
  return drawn;
}

/**
 * Inside a cluster straight on; on one network below the boxes; between networks through the other's gateway.
 */
function trafficArrows(source: Place, target: Place, share: number): readonly Markup[] {
  const half = PART.height / 2;
  const label = percent(share);
  if (source === target) {
    const from = { x: source.client.x + PART.width / 2, y: source.client.y };
    return [
      arrow(
        from,
        { x: target.workload.x - PART.width / 2 - 5, y: target.workload.y },
        0,
        'local',
        label,
        share,
      ),
    ];
  }
  // The way to the right spans more, so it runs below the way back.
  const goesRight = source.x < target.x;
  const from = { x: source.client.x, y: source.client.y + half };
  if (source.network === target.network) {
    const to = { x: target.workload.x + (goesRight ? 12 : -12), y: target.workload.y + half + 5 };
    return [arrow(from, to, goesRight ? 200 : 150, 'remote', label, share)];
  }
  const gateway = { x: target.gateway.x, y: target.gateway.y + half + 5 };
  const behind = { x: target.gateway.x, y: target.gateway.y - half };
  return [
    arrow(from, gateway, goesRight ? 150 : 90, 'remote', label, share),
    arrow(behind, { x: target.workload.x, y: target.workload.y + half + 5 }, 0, 'remote', '', share),
  ];
}

function marker(kind: string, color: string): Markup {
  return html`<marker id="arrow-${kind}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="var(--${color})"/></marker>`;
}

/** The heads of the arrows: once on the page, before the pictures that refer to them. */
export function pictureDefinitions(): Markup {
  return html`<svg class="definitions" aria-hidden="true"><defs>${marker('local', 'local')}${marker('remote', 'link')}${marker('control', 'control')}</defs></svg>`;
}

/** @returns an inline `<svg>`; needs the `pictureDefinitions` */
export function picture(scenario: ScenarioReport): Markup {
  const places = placesOf(scenario);
  const width = Math.max(0, ...places.map(place => place.x)) + BOX.width + NETWORK_PADDING + 12;
  const height = Math.max(0, ...places.map(place => place.y)) + BOX.height + 132;
  const between = isMultiNetwork(scenario.topology) ? 'through east-west gateways' : 'from pod to pod';
  const title = `${places.length} clusters; calls between them go ${between}`;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<title>${title}</title>
${networkBoxes(places)}
${places.map(place => clusterBox(scenario, place))}
${places.length <= MAX_CLUSTERS_WITH_ARROWS ? arrows(scenario, places) : undefined}
</svg>`;
}
