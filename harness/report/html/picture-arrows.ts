/** The arrows of the picture: the calls that were seen, with their shares, and the way of configuration. */
import { controlPlaneOf, isRemote } from '../../model/topology.ts';
import type { ScenarioReport } from '../report.ts';
import { percent, trafficOf } from '../words.ts';
import { PART, type Place, type Point } from './picture-layout.ts';
import { html, type Markup } from './text.ts';

/** What an arrow looks like. */
interface Look {
  readonly kind: 'local' | 'remote' | 'control';
  readonly label: string;
  /** Part of the calls that go this way, 0 to 1: it makes the arrow wide. */
  readonly share?: number;
}

/**
 * Draws a curve from one point to another that bows by `bow` pixels, downwards if positive; its label sits on
 * it.
 */
function arrow(from: Point, to: Point, bow: number, { kind, label, share = 0 }: Look): Markup {
  const middle = (from.x + to.x) / 2;
  const path = `M${from.x},${from.y} C${from.x},${from.y + bow} ${to.x},${to.y + bow} ${to.x},${to.y}`;
  const width = kind === 'control' ? 1.5 : 1 + 5 * share;
  const y = (from.y + to.y) / 2 + bow * 0.75 - (kind === 'local' ? 11 : 0);
  return html`<path class="${kind}" d="${path}" stroke-width="${width.toFixed(1)}" marker-end="url(#arrow-${kind})"/>
${label === '' ? undefined : html`<text class="share${kind === 'local' ? '' : ' over'}" x="${middle}" y="${y + 4}" text-anchor="middle">${label}</text>`}`;
}

/** Draws an arrow for each cluster that answered a client, and one from each remote to its control plane. */
export function arrows(scenario: ScenarioReport, places: readonly Place[]): readonly Markup[] {
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
    const to = { x: target.istiod.x, y: target.istiod.y - PART.height / 2 };
    drawn.push(arrow(from, to, -96, { kind: 'control', label: 'configuration' }));
  }
  return drawn;
}

/**
 * Draws the way of the calls: inside a cluster straight on, on one network below the boxes, between networks
 * through the gateway of the other one.
 */
function trafficArrows(source: Place, target: Place, share: number): readonly Markup[] {
  const half = PART.height / 2;
  const label = percent(share);
  if (source === target) {
    const from = { x: source.client.x + PART.width / 2, y: source.client.y };
    const to = { x: target.workload.x - PART.width / 2 - 5, y: target.workload.y };
    return [arrow(from, to, 0, { kind: 'local', label, share })];
  }
  // The way to the right spans more, so it runs below the way back.
  const goesRight = source.x < target.x;
  const from = { x: source.client.x, y: source.client.y + half };
  if (source.network === target.network) {
    const to = { x: target.workload.x + (goesRight ? 12 : -12), y: target.workload.y + half + 5 };
    return [arrow(from, to, goesRight ? 200 : 150, { kind: 'remote', label, share })];
  }
  const gateway = { x: target.gateway.x, y: target.gateway.y + half + 5 };
  const workload = { x: target.workload.x, y: target.workload.y + half + 5 };
  const behind = { x: target.gateway.x, y: target.gateway.y - half };
  return [
    arrow(from, gateway, goesRight ? 150 : 90, { kind: 'remote', label, share }),
    arrow(behind, workload, 0, { kind: 'remote', label: '', share }),
  ];
}

function marker(kind: string, color: string): Markup {
  return html`<marker id="arrow-${kind}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="var(--${color})"/></marker>`;
}

/** Returns the heads of the arrows: once on the page, before the pictures that refer to them. */
export function pictureDefinitions(): Markup {
  return html`<svg class="definitions" aria-hidden="true"><defs>${marker('local', 'local')}${marker('remote', 'link')}${marker('control', 'control')}</defs></svg>`;
}
