/** The report as one self-contained HTML page: no scripts, nothing loaded from elsewhere. */
import type { Problem } from '../../run/events.ts';
import type { Traffic } from '../../verify/check.ts';
import type { CheckReport, ConformanceReport, ScenarioReport, StepReport } from '../report.ts';
import {
  duration,
  evidenceSentence,
  figures,
  percent,
  riskSentence,
  stepName,
  togetherSentences,
  trafficOf,
} from '../words.ts';
import { picture } from './picture.ts';
import { pictureDefinitions } from './picture-arrows.ts';
import { STYLE } from './style.ts';
import { html, Markup } from './text.ts';

const MARKS: Readonly<Record<string, string>> = { passed: '✓', done: '✓', failed: '✗', unknown: '?' };
const outcomeOf = (outcome: string) =>
  html`<span class="outcome ${outcome}">${MARKS[outcome] ?? '–'} ${outcome}</span>`;
/** Ids are unique on the page, even if a scenario is there twice. */
type Anchor = (id: string) => string;
const anchorFor =
  (index: number): Anchor =>
  id =>
    `run${index + 1}/${id}`.replace(/[^A-Za-z0-9_/.-]/g, '-');

function problemNotice({ message, hint, kind }: Problem): Markup {
  return html`<p class="notice ${kind === 'mesh' ? 'failed' : 'unknown-notice'}">${message}${hint === undefined ? undefined : html`<br><span class="muted">${hint}</span>`}</p>`;
}

function definitions(entries: Readonly<Record<string, string | Markup | undefined>>): Markup {
  const given = Object.entries(entries).filter(([, value]) => value !== undefined && value !== '');
  return html`<dl>${given.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`;
}

function overview(report: ConformanceReport): Markup {
  const rows = report.scenarios.map(
    (scenario, index) =>
      html`<tr><td><a href="#${anchorFor(index)('')}">${scenario.scenario}</a></td><td>${outcomeOf(scenario.verdict)}</td><td>${figures(scenario)}</td><td class="number">${duration(scenario.durationMs)}</td></tr>`,
  );
  return html`<div class="scroll"><table><thead><tr><th>scenario</th><th>verdict</th><th>answers</th><th class="number">duration</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function trafficTable(scenario: ScenarioReport): Markup | undefined {
  const traffic = trafficOf(scenario);
  if (traffic.length === 0) return undefined;
  const rows = traffic.flatMap(({ from, sample, convergence }) => {
    const counted = sample ?? convergence.lastBatch;
    return (counted?.instances ?? []).map(
      ({ cluster, version, instance, count }) =>
        html`<tr><td>${from}</td><td>${cluster ?? 'no known pod'}</td><td>${version}</td><td class="whole"><code>${instance}</code></td><td class="number">${count}</td><td class="number">${percent(count / (counted?.requests ?? 1))}</td></tr>`,
    );
  });
  return html`<h3>Who answered whom</h3><div class="scroll"><table><thead><tr><th>calls from</th><th>answered in</th><th>version</th><th>pod</th><th class="number">answers</th><th class="number">share</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function trafficDetails({ sample, convergence, symptom, from }: Traffic): Markup {
  const counted = sample ?? convergence.lastBatch ?? convergence.total;
  const shares = sample?.shares.map(
    ({ cluster, count, share, interval: [low, high], expected, band: [least, most] }) =>
      html`<tr><td>${cluster}</td><td class="number">${count}</td><td class="number">${percent(share)}</td><td class="number">${percent(low)} to ${percent(high)}</td><td class="number">${percent(expected)}</td><td class="number">${least} to ${most}</td></tr>`,
  );
  const errors = counted.errors.map(({ error, count }) => html`<li>${count} × <code>${error}</code></li>`);
  return html`${definitions({
    'calls from': from,
    symptom,
    converged: convergence.converged
      ? `after ${duration(convergence.afterMs)} (${convergence.batches} batches of ${convergence.batchSize})`
      : `no, given up after ${duration(convergence.afterMs)} (${convergence.batches} batches of ${convergence.batchSize})`,
    trouble: convergence.trouble,
    slow:
      counted.slow > 0
        ? `${counted.slow} calls took a second or more, the longest ${counted.longestSeconds} s`
        : undefined,
    'changes of instance': sample ? String(sample.switches) : undefined,
    sequence: sample ? html`<code class="sequence">${sample.sequence}</code>` : undefined,
    letters: sample
      ? Object.entries(sample.legend)
          .map(([letter, meaning]) => `${letter}: ${meaning}`)
          .join(', ')
      : undefined,
    'error rates': sample ? riskSentence(sample) : undefined,
  })}
${sample && html`<div class="scroll"><table><thead><tr><th>answers of</th>${['count', 'share', '95 % interval', 'expected', 'accepted'].map(title => html`<th class="number">${title}</th>`)}</tr></thead><tbody>${shares}</tbody></table></div>${togetherSentences(sample).map(sentence => html`<p class="muted">${sentence}</p>`)}`}
${errors.length > 0 ? html`<p>Errors:</p><ul>${errors}</ul>` : undefined}`;
}

function checkSection(anchor: Anchor, check: CheckReport): Markup {
  const { id, sentence, outcome, found, evidence, traffic, diagnosis, level } = check;
  const looks = diagnosis?.steps.map(step => html` <a href="#${anchor(step)}"><code>${step}</code></a>`);
  // A claim that does not hold is not said first.
  const [first, second] = outcome === 'passed' ? [sentence, found] : [found, `Claim: ${sentence}`];
  const hasEvidence =
    evidence !== null && !(typeof evidence === 'object' && Object.keys(evidence).length === 0);
  return html`<details ${outcome === 'passed' ? undefined : new Markup('open')}><summary>${outcomeOf(outcome)} ${first} <code class="muted">${id}</code>${level === 'extended' ? ' (extended)' : undefined}</summary>
<p>${second}</p>
${diagnosis && html`<p class="notice failed">${diagnosis.sentence}${looks && looks.length > 0 ? html`<br>Look at:${looks}` : undefined}</p>`}
${traffic && trafficDetails(traffic)}
${hasEvidence ? html`<details><summary class="muted">evidence</summary><pre>${JSON.stringify(evidence, null, 2)}</pre></details>` : undefined}
</details>`;
}

function stepRow(anchor: Anchor, step: StepReport): Markup {
  const { id, outcome, durationMs, commands, problem, guide } = step;
  const lines = guide.lines ? `, lines ${guide.lines.join(' to ')}` : '';
  const shown = commands.map(({ line, exitCode, fault, stdout, stderr }) => {
    const output = [stdout, stderr].filter(text => text !== undefined && text !== '').join('\n');
    const failed = exitCode !== 0 || fault !== undefined;
    return html`<pre>$ ${line}${failed ? `\n${output}\n(${fault ?? `exit code ${exitCode}`})` : undefined}</pre>`;
  });
  return html`<tr id="${anchor(id)}"><td>${outcomeOf(outcome)}</td><td>${stepName(step)} <code class="muted">${id}</code>
${problem && problemNotice(problem)}
<details ${outcome === 'failed' ? new Markup('open') : undefined}><summary class="muted">${guide.section}${lines}; ${commands.length} ${commands.length === 1 ? 'command' : 'commands'}</summary>${shown}</details></td><td class="number">${duration(durationMs)}</td></tr>`;
}

function scenarioSection(scenario: ScenarioReport, index: number): Markup {
  const { reason, steps, checks, omitted, adjustments, errata, cleanUpFailures } = scenario;
  const anchor = anchorFor(index);
  return html`<section id="${anchor('')}">
<h2>${scenario.scenario}: ${outcomeOf(scenario.verdict)}</h2>
<p>${scenario.topology.description}</p>
<p class="notice">${evidenceSentence(scenario)}</p>
${omitted.length > 0 ? html`<p class="notice">Left out, as asked:${omitted.map(id => html` <a href="#${anchor(id)}"><code>${id}</code></a>`)}</p>` : undefined}
${reason && problemNotice(reason)}
<div class="scroll">${picture(scenario)}</div>
${trafficTable(scenario)}
<h3>Checks</h3>
${checks.length === 0 ? html`<p>None was run.</p>` : checks.map(check => checkSection(anchor, check))}
<h3>Steps</h3>
<div class="scroll"><table><thead><tr><th>outcome</th><th>step</th><th class="number">${scenario.clock === 'virtual' ? 'virtual time' : 'time'}</th></tr></thead><tbody>${steps.map(step => stepRow(anchor, step))}</tbody></table></div>
<h3>The run</h3>
${definitions({
  platform: scenario.platform.name,
  edition: `${scenario.edition} (Istio ${scenario.istioVersion})`,
  seed: scenario.seed,
  'requests per source': String(scenario.requests),
  duration: `${duration(scenario.durationMs)} of ${scenario.clock} time`,
  'went on after failures': scenario.keepGoing ? 'yes' : 'no',
  tools: Object.entries(scenario.toolVersions)
    .map(([tool, version]) => `${tool} ${version}`)
    .join(', '),
})}
${adjustments.length > 0 ? html`<h3>Adjustments for the platform</h3><ul>${adjustments.map(({ tool, verb, addArgs, cluster, because }) => html`<li><code>${[tool, ...verb, ...addArgs].join(' ')}</code> (${cluster}): ${because}</li>`)}</ul>` : undefined}
${errata.length > 0 ? html`<details><summary>Where the plan departs from the guide (${errata.length})</summary><dl>${errata.map(({ id, guideLine, wouldHappen, weDo, lines }) => html`<dt><code>${id}</code></dt><dd><code>${guideLine}</code>${lines ? ` (lines ${lines.join(' to ')})` : undefined}<br>Followed to the letter: ${wouldHappen}<br>Instead: ${weDo}</dd>`)}</dl></details>` : undefined}
${cleanUpFailures.length > 0 ? html`<h3>Not cleaned up</h3><ul>${cleanUpFailures.map(failure => html`<li>${failure}</li>`)}</ul>` : undefined}
</section>`;
}

/** @returns a whole document */
export function formatHtml(report: ConformanceReport): string {
  const { volatile: facts } = report;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>mesh-harness: ${report.verdict}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${pictureDefinitions()}
<main>
<h1>mesh-harness: ${outcomeOf(report.verdict)}</h1>
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
})}
</main>
</body>
</html>
`;
  return document.text;
}
