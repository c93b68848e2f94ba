/** The topology as a picture (SVG): networks, clusters and their parts, and the arrows between them. */
import { controlPlaneOf, isMultiNetwork, isRemote } from '../../model/topology.ts';
import type { ScenarioReport } from '../report.ts';
import { arrows } from './picture-arrows.ts';
import { BOX, NETWORK_PADDING, PART, type Place, type Point, placesOf } from './picture-layout.ts';
import { html, type Markup } from './text.ts';

/** With more clusters than this, arrows would hide the picture; the table beside it tells the same. */
const MAX_CLUSTERS_WITH_ARROWS = 6;

function part({ x, y }: Point, label: string, isBad = false): Markup {
  const { width, height } = PART;
  return html`<rect class="part${isBad ? ' bad' : ''}" x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="6"/>
<text x="${x}" y="${y + 4}" text-anchor="middle">${label}</text>`;
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

/** Draws a scenario. @returns an inline `<svg>`; needs the `pictureDefinitions` on the page */
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
