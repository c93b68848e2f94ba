/** The figures of a soak as one HTML page, which loads nothing. */
import { COLUMNS, type Row } from './figures.ts';

const WIDTH = 640;
const HEIGHT = 140;
const MARGIN = 50;

interface Curve {
  readonly title: string;
  readonly values: readonly number[];
}

const STYLE = `body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; }
table { border-collapse: collapse; } th, td { text-align: right; padding: .2rem .7rem; }
th { border-bottom: 1px solid #999; } svg text { font: 12px system-ui, sans-serif; }
polyline { fill: none; stroke: #0969da; stroke-width: 2; } line { stroke: #999; }`;

/** Draws values against minutes, from 0 up. */
function plot(minutes: readonly number[], { title, values }: Curve): string {
  const highest = Math.max(...values);
  const most = Math.max(highest, 1) * 1.1;
  const last = Math.max(minutes.at(-1) ?? 1, 1);
  const x = (minute: number) => MARGIN + (minute / last) * (WIDTH - 2 * MARGIN);
  const y = (value: number) => HEIGHT - 20 - (value / most) * (HEIGHT - 40);
  const points = values.map((value, index) => `${x(minutes[index] ?? 0).toFixed(1)},${y(value).toFixed(1)}`);
  return `<svg width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${title}">
<text x="${MARGIN}" y="14">${title}</text>
<line x1="${MARGIN}" y1="${y(0)}" x2="${WIDTH - MARGIN}" y2="${y(0)}"></line>
<text x="4" y="${y(0)}">0</text><text x="4" y="${y(highest)}">${highest.toFixed(0)}</text>
<text x="${x(last)}" y="${HEIGHT - 4}">${last} min</text>
<polyline points="${points.join(' ')}"></polyline>
</svg>`;
}

/** @param told - what has grown */
export function soakPage(rows: readonly Row[], told: readonly string[]): string {
  const curves: readonly Curve[] = [
    { title: 'heap after a collection (MiB)', values: rows.map(row => row.heapBytes / 2 ** 20) },
    { title: 'RSS (MiB)', values: rows.map(row => row.rssBytes / 2 ** 20) },
    { title: 'open handles', values: rows.map(row => row.handles) },
    { title: 'median of a GET (ms)', values: rows.map(row => row.gets.median) },
    { title: 'median of a call (ms)', values: rows.map(row => row.calls.median) },
  ];
  const minutes = rows.map(({ minute }) => minute);
  const cells = (name: 'th' | 'td', texts: readonly string[]) =>
    `<tr>${texts.map(text => `<${name}>${text}</${name}>`).join('')}</tr>`;
  const heads = cells(
    'th',
    COLUMNS.map(({ title }) => title),
  );
  const lines = rows.map(row =>
    cells(
      'td',
      COLUMNS.map(({ cell }) => cell(row)),
    ),
  );
  const verdict = told.length === 0 ? 'Nothing has grown.' : told.join(' ');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>mesh-harness soak</title><style>${STYLE}</style></head>
<body><h1>Soak</h1><p>${verdict}</p>
<table>${heads}${lines.join('\n')}</table>
${curves.map(curve => plot(minutes, curve)).join('\n')}
</body></html>
`;
}
