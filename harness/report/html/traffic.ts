/** The calls of a scenario on the page: who answered whom, and the figures of a check. */
import type { Topology } from '../../model/topology.ts';
import { shownOf, symptomWords } from '../../verify/missing.ts';
import type { Traffic } from '../../verify/traffic.ts';
import type { ScenarioReport } from '../report.ts';
import { duration, percent, riskSentence, togetherSentences, trafficOf } from '../words.ts';
import { definitions, html, type Markup, scrollable } from './text.ts';

/** Returns the table of a scenario; undefined if no check has sent calls. */
export function trafficTable(scenario: ScenarioReport): Markup | undefined {
  const traffic = trafficOf(scenario);
  if (traffic.length === 0) return undefined;
  const rows = traffic.flatMap(({ from, sample, convergence }) => {
    const counted = sample ?? convergence.lastBatch;
    return (counted?.instances ?? []).map(
      ({ cluster, version, instance, count }) =>
        html`<tr><td>${from}</td><td>${cluster ?? 'no known pod'}</td><td>${version}</td><td class="whole"><code>${instance}</code></td><td class="number">${count}</td><td class="number">${percent(count / (counted?.requests ?? 1))}</td></tr>`,
    );
  });
  return html`<h3>Who answered whom</h3>${scrollable(`answers in ${scenario.scenario}`, html`<table><thead><tr><th>calls from</th><th>answered in</th><th>version</th><th>pod</th><th class="number">answers</th><th class="number">share</th></tr></thead><tbody>${rows}</tbody></table>`)}`;
}

/** Says how much was asked before the sample. */
const askedFor = ({ batches, batchSize, looks }: Traffic['convergence']): string =>
  `${looks === undefined ? '' : `${looks} × its proxy, `}${batches} batches of ${batchSize}`;

/** Returns the figures of one check: convergence, shares, errors. */
export function trafficDetails(topology: Topology, traffic: Traffic): Markup {
  const { sample, convergence, from } = traffic;
  const counted = shownOf(traffic);
  const shares = sample?.shares.map(
    ({ cluster, count, share, interval: [low, high], expected, band: [least, most] }) =>
      html`<tr><td>${cluster}</td><td class="number">${count}</td><td class="number">${percent(share)}</td><td class="number">${percent(low)} to ${percent(high)}</td><td class="number">${percent(expected)}</td><td class="number">${least} to ${most}</td></tr>`,
  );
  const errors = counted.errors.map(({ error, count }) => html`<li>${count} × <code>${error}</code></li>`);
  return html`${definitions({
    'calls from': from,
    symptom: symptomWords(topology, traffic),
    converged: convergence.converged
      ? `after ${duration(convergence.afterMs)} (${askedFor(convergence)})`
      : `no, given up after ${duration(convergence.afterMs)} (${askedFor(convergence)})`,
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
${sample && html`${scrollable(`shares of calls from ${from}`, html`<table><thead><tr><th>answers of</th>${['count', 'share', '95 % interval', 'expected', 'accepted'].map(title => html`<th class="number">${title}</th>`)}</tr></thead><tbody>${shares}</tbody></table>`)}${togetherSentences(sample).map(sentence => html`<p class="muted">${sentence}</p>`)}`}
${errors.length > 0 ? html`<p>Errors:</p><ul>${errors}</ul>` : undefined}`;
}
