/** The legend of a picture: the looks that are drawn in it, and no other. */
import { hasArrows, isCrossing } from './picture-layout.ts';
import type { Part, PictureModel, Way } from './picture-model.ts';
import { FLAG } from './picture-suspects.ts';
import { html, type Markup } from './text.ts';

const WAYS: Readonly<Record<Way['kind'], string>> = {
  call: 'calls, with the share that was answered; wide ones carry more',
  secret: 'remote secret: istiod reads that API server',
  xds: 'configuration (xDS), from a proxy to the istiod that serves it',
};
const PARTS: Readonly<Record<Part['state'], string>> = {
  present: 'was seen',
  absent: 'is absent',
  broken: 'is there, and broken',
  'not-seen': 'was not seen',
};
const STATES: Readonly<Record<Way['state'], string>> = {
  present: '',
  absent: 'an arrow that is absent',
  broken: 'an arrow that is broken',
  'not-seen': 'an arrow that was not seen',
};

const entry = (sample: Markup, words: string): Markup =>
  html`<li><svg viewBox="0 0 40 16" aria-hidden="true">${sample}</svg> ${words}</li>`;
const wayEntry = (look: string, head: string, words: string): Markup =>
  entry(
    html`<g class="way ${look}">
<path d="M2,8 L36,8" stroke-width="1.6" marker-end="url(#arrow-${head})"/></g>`,
    words,
  );
const partEntry = (state: Part['state']): Markup =>
  entry(html`<g class="part ${state}"><rect x="4" y="2" width="32" height="12" rx="3"/></g>`, PARTS[state]);

/** Lists the values of a table that occur, in its order. */
const among = <Key extends string>(table: Readonly<Record<Key, string>>, found: readonly Key[]): Key[] =>
  (Object.keys(table) as Key[]).filter(key => found.includes(key)); // its own keys

/** Writes the legend of a picture. */
export function legend(model: PictureModel, suspects: ReadonlySet<string>): Markup {
  const drawn = model.ways.filter(way => hasArrows(model) || !isCrossing(way));
  const parts = model.clusters.flatMap(cluster => cluster.parts);
  const kinds = drawn.filter(({ state }) => state === 'present').map(({ kind }) => kind);
  const bad = drawn.filter(({ state }) => state !== 'present').map(({ state }) => state);
  return html`<ul class="legend" aria-label="legend">
${among(
  PARTS,
  parts.map(({ state }) => state),
).map(partEntry)}
${among(WAYS, kinds).map(kind => wayEntry(`${kind} present`, kind, WAYS[kind]))}
${among(STATES, bad).map(state => wayEntry(state, state, STATES[state]))}
${suspects.size > 0 ? html`<li><span class="flag">${FLAG}</span> where the diagnosis points</li>` : undefined}
</ul>`;
}
