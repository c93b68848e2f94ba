/** What faults do to the guide's four meshes, as it was recorded, and as a run measures it. */
import { readFileSync } from 'node:fs';
import type { FaultMeasure } from '../../harness/index.ts';
import { loadScenario } from '../../harness/scenario/load.ts';
import { run } from '../../harness/session/run.ts';
import { ROOT } from './cli.ts';

export const SCENARIOS = [
  'multi-primary',
  'multi-primary-multi-network',
  'primary-remote',
  'primary-remote-multi-network',
] as const;

/** One fault in one mesh. */
export interface FaultRow extends Omit<FaultMeasure, 'sources' | 'failedAfter'> {
  /** Cluster → symptom, who is missing, lost of how many calls. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Scenario → its faults, in the order in which they came in one run. */
export type FaultTable = Readonly<Record<string, readonly FaultRow[]>>;

export const RECORDED = `${ROOT}fixtures/faults.json`;

export const recordedTable = (): FaultTable => JSON.parse(readFileSync(RECORDED, 'utf8')) as FaultTable;

/**
 * Runs a scenario of edition 1.8 with faults, one after the other.
 * @throws Error if one of them does not pass
 */
export async function measuredRows(
  scenario: string,
  faults: readonly string[],
): Promise<readonly FaultRow[]> {
  const { topology } = await loadScenario(scenario, { folder: `${ROOT}/scenarios` });
  const { verdict, scenarios } = await run({ topology, edition: '1.8', seed: '1', faults });
  const [report] = scenarios;
  if (verdict !== 'passed') throw new Error(`${scenario} ${verdict}: ${report?.reason?.message}`);
  return (report?.checks ?? []).flatMap(({ fault }) => (fault ? [rowOf(fault)] : []));
}

function rowOf({ sources, failedAfter: _, ...measure }: FaultMeasure): FaultRow {
  return {
    ...measure,
    sources: Object.fromEntries(
      sources.map(({ cluster, symptom, missing, lost, calls }) => [
        cluster,
        [symptom, ...missing.map(name => `-${name}`), `${lost}/${calls}`].join(' '),
      ]),
    ),
  };
}
