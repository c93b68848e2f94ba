/** What goes to standard output: lines for people, TAP, or the events of the run as they come. */
import { packageVersion } from '../base/package-root.ts';
import { allPrintable } from '../base/printable.ts';
import { EventStream, type StreamEnd } from '../report/event-stream.ts';
import type { ConformanceReport } from '../report/report.ts';
import { formatTap } from '../report/tap.ts';
import { neverBegun } from '../report/words.ts';
import type { RunListener } from '../run/events.ts';
import type { OutputFlags } from './commands/output.flags.ts';
import type { Environment } from './environment.ts';
import { harmlessIn, harmlessJsonIn } from './github.ts';
import { verdictLine } from './terminal/lines.ts';
import { createScreen, type Screen } from './terminal/screen.ts';

/** The results of a command, in one format. Each part is told once, in this order. */
export interface ResultOutput {
  begin(scenarios: readonly string[]): void;
  readonly listener: RunListener;
  /** Tells the verdicts, before anything else is written anywhere. */
  verdicts(report: ConformanceReport): void;
  /** Tells what became of the command as a whole. */
  end(report: ConformanceReport, end: StreamEnd): void;
}

const nothing = () => {};

/** Makes the output of a format. */
export function createResults(format: OutputFlags['output'], environment: Environment): ResultOutput {
  const { env, stdout, dataIsRead } = environment;
  const silent: ResultOutput = { begin: nothing, listener: nothing, verdicts: nothing, end: nothing };
  if (format === 'text') {
    const screen = createScreen(environment);
    return { ...silent, verdicts: report => tellVerdicts(report, screen) };
  }
  dataIsRead?.();
  if (format === 'tap')
    return { ...silent, verdicts: report => void stdout.write(harmlessIn(env, formatTap(report))) };
  const write = (line: string) => void stdout.write(harmlessJsonIn(env, line));
  const stream = new EventStream();
  return {
    ...silent,
    begin: scenarios => write(stream.start(scenarios, packageVersion())),
    listener: event => write(stream.event(event)),
    end: (report, end) => write(stream.end(report, end)),
  };
}

function tellVerdicts(report: ConformanceReport, screen: Screen): void {
  const { scenarios, notBegun = [] } = report;
  const names = [...scenarios.map(({ scenario }) => scenario), ...notBegun];
  const width = Math.max(...names.map(name => name.length));
  for (const scenario of allPrintable(scenarios))
    screen.result(verdictLine(scenario, screen.resultStyle, width), 'whole');
  for (const name of notBegun) screen.result(`${name.padEnd(width)}  ${neverBegun(report)}`);
}
