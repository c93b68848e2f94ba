/** The command line that does a run once more, with the flags that were used. Pure. */
import path from 'node:path';
import { quoteArgv } from '../base/quote.ts';
import type { ScenarioReport } from '../report/report.ts';
import type { RunFlags } from './run-flags.ts';

/** What the run was about; where its reports went and how it told of itself is left to the next. */
export function runAgain(names: readonly string[], flags: RunFlags): string {
  const one = (flag: string, value: string | number | undefined) =>
    value === undefined ? [] : [flag, String(value)];
  const many = (flag: string, values: readonly string[]) => values.flatMap(value => [flag, value]);
  const is = (flag: string, given: boolean) => (given ? [flag] : []);
  return quoteArgv([
    'mesh-harness',
    'run',
    ...names,
    ...one('--platform', flags.platform),
    ...one('--edition', flags.edition),
    ...one('--tools', flags.tools),
    ...many('--omit', flags.omit),
    ...is('--keep-going', flags.keepGoing),
    ...is('--extended', flags.extended),
    ...one('--requests', flags.requests),
    ...one('--risk', flags.risk),
    ...many('--context', flags.context),
    ...many('--api-server', flags.apiServer),
    ...one('--istio-dir', flags.istioDir),
    ...one('--mirror', flags.mirror),
    ...is('--offline', flags.offline),
    ...one('--hub', flags.hub),
    ...one('--tag', flags.tag),
    ...many('--set', flags.set),
    ...many('--image-archive', flags.imageArchive),
    ...one('--registry-config', flags.registryConfig),
    ...one('--load-balancer', flags.loadBalancer),
    ...is('--no-cache', !flags.cache),
    ...one('--seed', flags.seed),
  ]);
}

/** Prints the steps that the scenario went through. A file of the user's own is known by its path only. */
export function planOf(names: readonly string[], { scenario, edition }: ScenarioReport): string {
  const name = names.find(each => path.basename(each).replace(/\.ya?ml$/, '') === scenario) ?? scenario;
  return quoteArgv(['mesh-harness', 'plan', name, '--edition', edition]);
}
