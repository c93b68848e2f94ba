/** The head of the page: what was run, in which versions, when, by which build, and how to run it again. */
import { editionWords } from '../found.ts';
import type { ConformanceReport } from '../report.ts';
import { html, type Markup } from './text.ts';

const unique = (values: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(values.flatMap(value => (value === undefined || value === '' ? [] : [value]))),
];

/** Joins what was found of one program: in a mesh, versions may differ. */
const found = (name: string, versions: readonly (string | undefined)[]): string | undefined => {
  const known = unique(versions);
  return known.length === 0 ? undefined : `${name} ${known.join(' and ')}`;
};

/** Names the build: `mesh-harness 0.1.0 (commit 1a2b3c4d5e6f)`. */
function buildOf({ harness: { version, commit } }: ConformanceReport): string {
  const name = version === null ? 'mesh-harness' : `mesh-harness ${version}`;
  if (commit === null) return `${name} (commit not known)`;
  const [hash = '', ...more] = commit.split(' ');
  return `${name} (commit ${[hash.slice(0, 12), ...more].join(' ')})`;
}

/** Writes a date to the second, in UTC. */
const dateOf = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

/** Writes edition, versions as they were found, date and build, in one line. */
export function versionsLine(report: ConformanceReport): Markup {
  const { scenarios, volatile: facts } = report;
  const clusters = scenarios.flatMap(({ seen }) => seen.clusters);
  const tools = unique(scenarios.flatMap(({ toolVersions }) => Object.keys(toolVersions)));
  const others = unique(scenarios.flatMap(scenario => Object.keys(scenario.found ?? {}))).filter(
    name => !['istiod', 'kubernetes', 'kubelet', 'runtime', 'node image', ...tools].includes(name),
  );
  const parts = [
    found('Edition', scenarios.map(editionWords)),
    ...tools.map(tool =>
      found(
        tool,
        scenarios.map(({ toolVersions }) => toolVersions[tool]),
      ),
    ),
    found(
      'istiod',
      clusters.map(({ istiod }) => istiod.says ?? istiod.version),
    ),
    found(
      'Kubernetes',
      clusters.map(({ kubernetes }) => kubernetes),
    ),
    ...others.map(name =>
      found(
        name === 'docker' ? 'Docker' : name,
        scenarios.flatMap(scenario => scenario.found?.[name]),
      ),
    ),
    facts.startedAt === null ? undefined : dateOf(facts.startedAt),
    buildOf(report),
  ];
  return html`<p class="muted versions">${unique(parts).join(' \u00b7 ')}</p>`;
}

/** Writes how to run it again, and where the first failure is described. */
export function whatIsNext({ reproduce, volatile: { diagnostics } }: ConformanceReport): Markup {
  const again =
    reproduce === null ? undefined : html`<p class="muted">To run it again:</p><pre>${reproduce}</pre>`;
  if (diagnostics === null) return html`${again}`;
  const folder = html`<a href="${diagnostics}">${diagnostics}</a>`;
  return html`${again}<p>Seen at the first failure: ${folder} (pods, events, logs, what the proxies say)</p>`;
}
