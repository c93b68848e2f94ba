/**
 * A run as a stream of JSON objects, one a line, for programs that follow it: `--output json`. Documented in
 * `docs/reports.md`. Pure.
 */
import type { RunEvent } from '../run/events.ts';
import { headlineOf, headlineText } from './headline.ts';
import type { ConformanceReport } from './report.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Grows by one when a field changes its meaning or goes; new fields and new types of events don't count. */
const STREAM_VERSION = 1;

/** How a command ended, as the last line of its stream has it. */
export interface StreamEnd {
  readonly exitCode: number;
  /** Absolute paths of the reports; none if they could not be written. */
  readonly files: readonly string[];
}

/** Writes the lines of one stream. */
export class EventStream {
  #scenario = '';

  /** Writes the first line. @param scenarios - names, in the order in which they are to be run */
  start(scenarios: readonly string[], harnessVersion: string): string {
    return lineOf({
      type: 'stream-started',
      schemaVersion: STREAM_VERSION,
      harness: { name: 'mesh-harness', version: harnessVersion },
      scenarios,
    });
  }

  /** Writes an event of the run; keys, tokens and certificates are taken out. */
  event(event: RunEvent): string {
    if (event.type === 'run-started') this.#scenario = event.topology.name;
    const { type, ...rest } = withoutSecrets(event);
    return lineOf({ type, scenario: this.#scenario, ...rest });
  }

  /** Writes the last line: what became of each scenario, and of the whole. */
  end(report: ConformanceReport, { exitCode, files }: StreamEnd): string {
    const { verdict, interrupted, evidence, scenarios, notBegun = [], volatile } = report;
    return lineOf({
      ...{ type: 'stream-ended', verdict, interrupted, exitCode, evidence },
      scenarios: scenarios.map(({ scenario, reason, omitted, ...each }) => ({
        ...{ scenario, verdict: each.verdict, interrupted: each.interrupted },
        ...(each.conclusion && { conclusion: each.conclusion }),
        ...(reason && { reason: headlineText(headlineOf(reason, omitted)) }),
      })),
      notBegun,
      files,
      wallDurationMs: volatile.wallDurationMs,
    });
  }
}

const lineOf = (value: Readonly<Record<string, unknown>>): string => `${JSON.stringify(value)}\n`;
