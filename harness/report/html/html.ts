/** The report as one self-contained HTML page: no scripts, nothing loaded from elsewhere. */

import type { StepId } from '../../plan/step.ts';
import type { Problem } from '../../run/events.ts';
import type { Diagnosis } from '../../verify/check.ts';
import { editionWords } from '../found.ts';
import { claimText, headlineOf, type Part, problemOfCheck } from '../headline.ts';
import type { CheckReport, ConformanceReport, ScenarioReport, StepReport } from '../report.ts';
import { duration, evidenceSentence, figures, neverBegun, stepName } from '../words.ts';
import { versionsLine, whatIsNext } from './head.ts';
import { picture, pictureDefinitions } from './picture.ts';
import { STYLE } from './style.ts';
import { definitions, html, Markup, scrollable } from './text.ts';
import { trafficDetails, trafficTable } from './traffic.ts';

const MARKS: Readonly<Record<string, string>> = { passed: '✓', done: '✓', failed: '✗', unknown: '?' };
const outcomeOf = (outcome: string) =>
  html`<span class="outcome ${outcome}">${MARKS[outcome] ?? '–'} ${outcome}</span>`;
/** Ids are unique on the page, even if a scenario is there twice. */
type Anchor = (id: string) => string;
const anchorFor =
  (index: number): Anchor =>
  id =>
    `run${index + 1}/${id}`.replace(/[^A-Za-z0-9_/.-]/g, '-');

/** Writes a problem in a box, the cause first; steps are links. */
function problemNotice(problem: Problem, anchor: Anchor, omitted: readonly StepId[], title?: Markup): Markup {
  const parts = headlineOf(problem, omitted).map(part => partOf(part, problem.diagnosis, anchor));
  const look = problem.kind === 'mesh' ? 'failed' : 'unknown-notice';
  return html`<div class="notice ${look}">${title}${parts}</div>`;
}

function partOf(
  { term, text, files = [], commands = [] }: Part,
  diagnosis: Diagnosis | undefined,
  anchor: Anchor,
): Markup {
  const [step, ...others] = diagnosis?.steps ?? [];
  const link = (id: string) => html`<a href="#${anchor(id)}"><code>${id}</code></a>`;
  const shown =
    term === 'Step' && step !== undefined
      ? html`${link(step)}${text.slice(step.length)}`
      : term === 'Look also at'
        ? html`${others.map(id => html`${link(id)} `)}`
        : term === 'Cause'
          ? html`<strong>${text}</strong>`
          : text;
  const typed = [...files, ...commands].join('\n');
  const label = term === undefined ? undefined : html`<span class="muted">${term}:</span> `;
  return html`<p>${label}${shown}</p>${typed === '' ? undefined : html`<pre>${typed}</pre>`}`;
}

/** Writes the first boxes of the page: why each scenario did not pass. */
function reasons({ scenarios }: ConformanceReport): readonly Markup[] {
  return scenarios.flatMap(({ scenario, reason, omitted }, index) => {
    const anchor = anchorFor(index);
    const title = scenarios.length > 1 ? html`<p><a href="#${anchor('')}">${scenario}</a></p>` : undefined;
    return reason ? [problemNotice(reason, anchor, omitted, title)] : [];
  });
}

function overview(report: ConformanceReport): Markup {
  const rows = report.scenarios.map(
    (scenario, index) =>
      html`<tr><td><a href="#${anchorFor(index)('')}">${scenario.scenario}</a></td><td>${outcomeOf(scenario.verdict)}</td><td>${figures(scenario)}</td><td class="number">${duration(scenario.durationMs)}</td></tr>`,
  );
  const { notBegun = [] } = report;
  const others = notBegun.map(
    name => html`<tr><td>${name}</td><td colspan="3" class="muted">${'–'} ${neverBegun(report)}</td></tr>`,
  );
  return scrollable(
    'verdicts',
    html`<table><thead><tr><th>scenario</th><th>verdict</th><th>answers</th><th class="number">duration</th></tr></thead><tbody>${rows}${others}</tbody></table>`,
  );
}

function checkSection(anchor: Anchor, check: CheckReport, { topology, omitted }: ScenarioReport): Markup {
  const { id, sentence, outcome, found, evidence, traffic, diagnosis, level } = check;
  // A claim that does not hold is not said first.
  const [first, second] = outcome === 'passed' ? [sentence, found] : [found, claimText(check)];
  const hasEvidence =
    evidence !== null && !(typeof evidence === 'object' && Object.keys(evidence).length === 0);
  return html`<details ${outcome === 'passed' ? undefined : new Markup('open')}><summary>${outcomeOf(outcome)} ${first} <code class="muted">${id}</code>${level === 'extended' ? ' (extended)' : undefined}</summary>
<p>${second}</p>
${diagnosis && problemNotice(problemOfCheck(check), anchor, omitted)}
${traffic && trafficDetails(topology, traffic)}
${hasEvidence ? html`<details><summary class="muted">evidence</summary><pre>${JSON.stringify(evidence, null, 2)}</pre></details>` : undefined}
</details>`;
}

function stepRow(anchor: Anchor, step: StepReport, omitted: readonly StepId[]): Markup {
  const { id, outcome, durationMs, commands, problem, guide } = step;
  const lines = guide.lines ? `, lines ${guide.lines.join(' to ')}` : '';
  const shown = commands.map(({ line, exitCode, fault, stdout, stderr }) => {
    const output = [stdout, stderr].filter(text => text !== undefined && text !== '').join('\n');
    const failed = exitCode !== 0 || fault !== undefined;
    return html`<pre>$ ${line}${failed ? `\n${output}\n(${fault ?? `exit code ${exitCode}`})` : undefined}</pre>`;
  });
  return html`<tr id="${anchor(id)}"><td>${outcomeOf(outcome)}</td><td>${stepName(step)} <code class="muted">${id}</code>
${problem && problemNotice(problem, anchor, omitted)}
<details ${outcome === 'failed' ? new Markup('open') : undefined}><summary class="muted">${guide.section}${lines}; ${commands.length} ${commands.length === 1 ? 'command' : 'commands'}</summary>${shown}</details></td><td class="number">${duration(durationMs)}</td></tr>`;
}

const listOf = (title: string, texts: readonly string[] = []): Markup | undefined =>
  texts.length > 0 ? html`<h3>${title}</h3><ul>${texts.map(text => html`<li>${text}</li>`)}</ul>` : undefined;

function scenarioSection(scenario: ScenarioReport, index: number): Markup {
  const { steps, checks, omitted, adjustments, remarks, notSimulated, errata, cleanUpFailures } = scenario;
  const anchor = anchorFor(index);
  return html`<section id="${anchor('')}">
<h2>${scenario.scenario}: ${outcomeOf(scenario.verdict)}</h2>
<p>${scenario.topology.description}</p>
<p class="notice">${evidenceSentence(scenario)}</p>
${omitted.length > 0 ? html`<p class="notice">Left out, as asked:${omitted.map(id => html` <a href="#${anchor(id)}"><code>${id}</code></a>`)}</p>` : undefined}
${picture(scenario, `picture${index + 1}`)}
${trafficTable(scenario)}
<h3>Checks</h3>
${checks.length === 0 ? html`<p>None was run.</p>` : checks.map(check => checkSection(anchor, check, scenario))}
<h3>Steps</h3>
${scrollable(`steps of ${scenario.scenario}`, html`<table><thead><tr><th>outcome</th><th>step</th><th class="number">${scenario.clock === 'virtual' ? 'virtual time' : 'time'}</th></tr></thead><tbody>${steps.map(step => stepRow(anchor, step, omitted))}</tbody></table>`)}
<h3>The run</h3>
${definitions({
  platform: scenario.platform.name,
  edition: editionWords(scenario),
  seed: scenario.seed,
  'requests per source': String(scenario.requests),
  duration: `${duration(scenario.durationMs)} of ${scenario.clock} time`,
  'went on after failures': scenario.keepGoing ? 'yes' : 'no',
  tools: Object.entries(scenario.toolVersions)
    .map(([tool, version]) => `${tool} ${version}`)
    .join(', '),
})}
${adjustments.length > 0 ? html`<h3>Adjustments for the platform</h3><ul>${adjustments.map(({ tool, verb, addArgs, cluster, because }) => html`<li><code>${[tool, ...verb, ...addArgs].join(' ')}</code> (${cluster}): ${because}</li>`)}</ul>` : undefined}
${listOf('Remarks on the platform', remarks)}${listOf('Written, and not simulated', notSimulated)}
${errata.length > 0 ? html`<details><summary>Where the plan departs from the guide (${errata.length})</summary><dl>${errata.map(({ id, guideLine, wouldHappen, weDo, lines }) => html`<dt><code>${id}</code></dt><dd><code>${guideLine}</code>${lines ? ` (lines ${lines.join(' to ')})` : undefined}<br>Followed to the letter: ${wouldHappen}<br>Instead: ${weDo}</dd>`)}</dl></details>` : undefined}
${cleanUpFailures.length > 0 ? html`<h3>Not cleaned up</h3><ul>${cleanUpFailures.map(failure => html`<li>${failure}</li>`)}</ul>` : undefined}
</section>`;
}

/** What the page may load and run: nothing, also if a report brings what is none of ours. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** Writes the page. @returns a whole document */
export function formatHtml(report: ConformanceReport): string {
  const { volatile: facts } = report;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>mesh-harness: ${report.verdict}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${pictureDefinitions()}
<main>
<h1>mesh-harness: ${outcomeOf(report.verdict)}</h1>
${versionsLine(report)}
${reasons(report)}
${whatIsNext(report)}
<p>Evidence level: <strong>${report.evidence}</strong>${report.interrupted ? '. The run was interrupted.' : undefined}</p>
${overview(report)}
${report.scenarios.map(scenarioSection)}
<h2>This run</h2>
${definitions({
  'run id': facts.runIds.join(', '),
  started: facts.startedAt ?? undefined,
  ended: facts.endedAt ?? undefined,
  'real duration': facts.wallDurationMs === null ? undefined : duration(facts.wallDurationMs),
  host: facts.host ? `${facts.host.os} ${facts.host.architecture}, ${facts.host.cpus} CPUs` : undefined,
  node: facts.nodeVersion ?? undefined,
  'mesh-harness': report.harness.version ?? undefined,
  commit: report.harness.commit ?? undefined,
})}
</main>
</body>
</html>
`;
  return document.text;
}
