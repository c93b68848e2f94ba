/** The ways between many clusters as tables, where arrows would hide each other. */
import { clusterOf, isCrossing } from './picture-layout.ts';
import type { PictureModel, Way } from './picture-model.ts';
import type { Numbered } from './picture-notes.ts';
import { FLAG } from './picture-suspects.ts';
import { html, type Markup, scrollable } from './text.ts';

/** Pixels of a column, at most. */
const COLUMN = 84;
/** In a larger mesh columns with nothing in them are left out. */
const MOST_EMPTY = 8;

/** Writes calls and remote secrets from cluster to cluster, and who serves the proxies of whom. */
export function wayTables(
  model: PictureModel,
  { numbered, suspects }: { readonly numbered: Numbered; readonly suspects: ReadonlySet<string> },
  scenario: string,
): Markup {
  const names = model.clusters.map(({ name }) => name);
  const ofKind = (kind: Way['kind']) => model.ways.filter(way => way.kind === kind);
  const cell = (ways: readonly Way[]): Markup =>
    html`<td>${ways.map(way => cellOf(way, numbered, suspects))}</td>`;
  const matrix = (caption: string, ways: readonly Way[]): Markup | undefined => {
    if (ways.length === 0) return undefined;
    const byEnds = waysByEnds(ways);
    const rows = names.filter(name => byEnds.has(name));
    const reached = new Set(ways.map(({ to }) => clusterOf(to)));
    const columns = names.length > MOST_EMPTY ? names.filter(name => reached.has(name)) : names;
    const between = (row: string, column: string) => byEnds.get(row)?.get(column) ?? [];
    return table(
      `${caption}, of ${scenario}`,
      caption,
      columns,
      rows.map(row => ({ name: row, cells: columns.map(column => cell(between(row, column))) })),
    );
  };
  return html`${matrix('Calls: from the cluster of the row to that of the column', ofKind('call'))}
${matrix('Remote secrets: held by the cluster of the row, for that of the column', ofKind('secret'))}
${matrix('Configuration (xDS): proxies of the row, istiod of the column', ofKind('xds').filter(isCrossing))}`;
}

/** The cluster of the one end → that of the other → the ways between them: a large mesh has thousands. */
function waysByEnds(ways: readonly Way[]): ReadonlyMap<string, ReadonlyMap<string, readonly Way[]>> {
  const byEnds = new Map<string, Map<string, Way[]>>();
  for (const way of ways) {
    const from = clusterOf(way.from);
    const to = clusterOf(way.to);
    const row = byEnds.get(from) ?? new Map<string, Way[]>();
    byEnds.set(from, row);
    const cell = row.get(to);
    if (cell) cell.push(way);
    else row.set(to, [way]);
  }
  return byEnds;
}

function cellOf(way: Way, numbered: Numbered, suspects: ReadonlySet<string>): Markup {
  const { id, state, label, via, kind } = way;
  const flag = suspects.has(id);
  const through = via === undefined ? undefined : html` data-via="${via}"`;
  const shown = kind === 'secret' && state === 'present' ? '\u2713' : label;
  const text = [shown, numbered.get(id), flag ? FLAG : undefined]
    .filter(each => each !== undefined)
    .join(' ');
  // A way within a cluster is in the picture too.
  const element = isCrossing(way) ? html` data-element="${id}"` : undefined;
  const marked = flag ? html` data-suspect="true"` : undefined;
  return html`<span class="cell ${state}"${element} data-state="${state}"${through}${marked}>${text}</span> `;
}

function table(
  name: string,
  caption: string,
  columns: readonly string[],
  rows: readonly { readonly name: string; readonly cells: readonly Markup[] }[],
): Markup {
  const head = columns.map(name => html`<th scope="col">${name}</th>`);
  const body = rows.map(({ name, cells }) => html`<tr><th scope="row">${name}</th>${cells}</tr>`);
  return scrollable(
    name,
    html`<table class="matrix"><caption>${caption}</caption>
<thead><tr><td></td>${head}</tr></thead><tbody>${body}</tbody></table>`,
    COLUMN * (columns.length + 1),
  );
}
