/** A scenario as a picture (SVG): what was seen of its clusters, and the ways between their parts. */
import type { SeenCluster } from '../../verify/seen/seen.ts';
import type { ScenarioReport } from '../report.ts';
import { pictureModel } from './picture-evidence.ts';
import { type Label, labelsOf } from './picture-labels.ts';
import { type Frame, hasArrows, type PlacedCluster, type Point, type Rect } from './picture-layout.ts';
import { legend } from './picture-legend.ts';
import type { Part, PictureModel, Way } from './picture-model.ts';
import { type Numbered, notesOf } from './picture-notes.ts';
import { type Route, type Routed, routed } from './picture-routes.ts';
import { FLAG, suspectsOf } from './picture-suspects.ts';
import { wayTables } from './picture-tables.ts';
import { describePicture } from './picture-text.ts';
import { html, type Markup, scrollable } from './text.ts';

/** Letters of a part's second line that fit its box. */
const DETAIL_LETTERS = 25;

/** A picture is drawn so small at least, by which three clusters are as wide as a window of 1440 pixels. */
const SMALLEST = 0.78;
/** Pixels of a letter in the name of a cluster, and of its role. */
const LETTER = { name: 8.2, small: 6 } as const;

/** All that the elements of one picture are drawn with. */
interface Ink {
  readonly numbered: Numbered;
  readonly suspects: ReadonlySet<string>;
}

/**
 * Draws a scenario. @returns a figure with its legend and the list of what is broken; needs the
 * `pictureDefinitions` on the page
 * @param id - of the figure's texts, unique on the page
 */
export function picture(scenario: ScenarioReport, id: string): Markup {
  const model = pictureModel(scenario);
  const plan = routed(model);
  const notes = notesOf(model);
  const ink = { numbered: notes.numbered, suspects: suspectsOf(scenario, model) };
  return html`<figure class="picture">
${scrollable(`picture of ${scenario.scenario}`, drawing(model, plan, ink, id), plan.width)}
<figcaption>${legend(model, ink.suspects)}${notes.list}</figcaption>
${hasArrows(model) ? undefined : wayTables(model, ink, scenario.scenario)}
</figure>`;
}

function drawing(model: PictureModel, plan: Routed, ink: Ink, id: string): Markup {
  const { width, height } = plan;
  const size = `min-width:${Math.round(width * SMALLEST)}px;max-width:${Math.round(width * 1.2)}px`;
  const parts = model.clusters.flatMap(cluster => cluster.parts);
  const labels = labelsOf(plan.routes, way => wordsOf(way, ink), boxesOf(plan));
  const named = html`role="img" aria-labelledby="${id}-title" aria-describedby="${id}-text"`;
  return html`<svg viewBox="0 0 ${round(width)} ${round(height)}" style="${size}" ${named}>
<title id="${id}-title">What was seen of ${model.clusters.length} clusters</title>
<desc id="${id}-text">${describePicture(model)}</desc>
${plan.frames.map(frameBox)}
${[...plan.clusters.values()].map(clusterBox)}
${parts.map(part => partBox(part, plan.clusters.get(part.cluster)?.parts.get(part.id), ink))}
${plan.routes.map(route => arrow(route, ink))}
${labels.map(each => label(each, ink.suspects.has(each.way.id)))}
</svg>`;
}

const boxesOf = ({ clusters }: Routed): readonly Rect[] =>
  [...clusters.values()].flatMap(({ parts }) => [...parts.values()]);

/** The words at a way: its own, the number of its note, and a flag if the diagnosis points to it. */
function wordsOf(way: Way, { numbered, suspects }: Ink): string {
  return [way.label, numbered.get(way.id) ?? '', suspects.has(way.id) ? FLAG : '']
    .filter(word => word !== '')
    .join(' ');
}

const round = (value: number): string => String(Math.round(value * 10) / 10);
const rectAttributes = ({ x, y, width, height }: Rect): Markup =>
  html`x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;

/** Writes words at a point. */
function words(look: string, at: Point, text: string, anchor: 'start' | 'middle' | 'end' = 'middle'): Markup {
  const place = html`x="${round(at.x)}" y="${round(at.y)}"`;
  return html`<text class="${look}" ${place} text-anchor="${anchor}">${text}</text>`;
}

function frameBox({ network, rect }: Frame): Markup {
  const at = { x: rect.x + rect.width / 2, y: rect.y + 17 };
  return html`<g data-network="${network}"><rect class="network" ${rectAttributes(rect)} rx="12"/>
${words('small', at, network)}</g>`;
}

function clusterBox({ cluster: { name, role }, rect }: PlacedCluster): Markup {
  const y = rect.y + 25;
  const told = short(role, 28);
  const room = Math.floor((rect.width - 40 - told.length * LETTER.small) / LETTER.name);
  return html`<g data-cluster="${name}"><title>${name}, ${role}</title>
<rect class="cluster" ${rectAttributes(rect)} rx="10"/>
${words('name', { x: rect.x + 14, y }, short(name, room), 'start')}
${words('small', { x: rect.x + rect.width - 14, y }, told, 'end')}</g>`;
}

const short = (text: string, letters: number): string =>
  text.length > letters ? `${text.slice(0, letters - 1)}\u2026` : text;

function partBox(part: Part, rect: Rect | undefined, { numbered, suspects }: Ink): Markup {
  if (!rect) return html``;
  const { id, title, detail, error } = part;
  const flag = suspects.has(id) ? FLAG : undefined;
  const first = [short(title, 19), numbered.get(id), flag].filter(each => each !== undefined);
  const x = rect.x + rect.width / 2;
  return html`<g ${elementAttributes('part', part, suspects)}>
<title>${[title, detail, error].filter(each => each !== undefined).join(': ')}</title>
<rect ${rectAttributes(rect)} rx="6"/>
${words('title', { x, y: rect.y + 16 }, first.join(' '))}
${words('small', { x, y: rect.y + 31 }, short(detail, DETAIL_LETTERS))}</g>`;
}

/** Says what an element stands for and how it was seen, for the style sheet and for who reads the page. */
function elementAttributes(look: string, { id, state }: Part | Way, suspects: ReadonlySet<string>): Markup {
  const [flag, suspect] = suspects.has(id) ? [html` data-suspect="true"`, ' suspect'] : [undefined, ''];
  return html`class="${look} ${state}${suspect}" data-element="${id}" data-state="${state}"${flag}`;
}

const lineOf = (points: readonly Point[]): string =>
  points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)},${round(y)}`).join(' ');

function arrow({ way, legs }: Route, { suspects }: Ink): Markup {
  const { id, kind, state, via, says, label: told, error, share = 0 } = way;
  const width = round(kind === 'call' && state === 'present' ? 1.2 + 2.8 * share : 1.4);
  const isBad = suspects.has(id) || state === 'broken';
  const head = isBad ? 'broken' : state === 'present' ? kind : state;
  const through = via === undefined ? undefined : html` data-via="${via}"`;
  const drawn = legs.map(
    points => html`<path d="${lineOf(points)}" stroke-width="${width}" marker-end="url(#arrow-${head})"/>`,
  );
  const title = [says, told, error].filter(each => each !== undefined && each !== '').join(': ');
  return html`<g ${elementAttributes(`way ${kind}`, way, suspects)}${through}>
<title>${title}</title>${drawn}</g>`;
}

function label({ way, text, rect }: Label, isSuspect: boolean): Markup {
  const look = `label ${isSuspect ? 'broken' : way.state}`;
  return words(look, { x: rect.x + rect.width / 2, y: rect.y + rect.height - 3 }, text);
}

/** Colours of arrow heads, by the kind of a way that was seen, or by how it was seen. */
const HEADS = {
  call: 'link',
  secret: 'secret',
  xds: 'control',
  broken: 'bad',
  absent: 'muted',
  'not-seen': 'muted',
} as const satisfies Partial<Record<Way['kind'] | SeenCluster['istiod']['state'], string>>;

/** Returns the heads of the arrows: once on the page, before the pictures that refer to them. */
export function pictureDefinitions(): Markup {
  const heads = Object.entries(HEADS).map(
    ([name, color]) =>
      html`<marker id="arrow-${name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"
 markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="var(--${color})"/></marker>`,
  );
  return html`<svg class="definitions" aria-hidden="true"><defs>${heads}</defs></svg>`;
}
