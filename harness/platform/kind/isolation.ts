/**
 * The proof, before Istio is installed, that pods reach what they should and nothing else. It asks from
 * within a pod of each cluster.
 */
import { CONNECTED } from '../curl.ts';
import type { Engine } from './engine/engine.ts';
import { type Probe, type ProbeContext, type ProbeResult, questionsOf } from './isolation-questions.ts';

/** The time limit for the answer of an open way. */
const SECONDS = 3;
/** A closed way must stay silent at least this long; and this many times longer than the slowest open one. */
const LEAST_SECONDS = 1;
const TIMES_LONGER = 20;

/**
 * Derives how long to wait at a closed way. Open ways take about equally long: one that stays silent for
 * several times as long is closed.
 * @param open - seconds that the open ways took
 */
export const patienceFor = (open: readonly number[]): number =>
  Math.min(SECONDS, Math.max(LEAST_SECONDS, TIMES_LONGER * Math.max(0, ...open)));

/**
 * Asks all questions, the open ways first: they say how long a closed one has to stay silent.
 * @throws Error if a cluster has no pod to ask from
 */
export async function probeIsolation(context: ProbeContext): Promise<readonly ProbeResult[]> {
  const { engine } = context;
  const probes = await questionsOf(context);
  const askAll = (asked: readonly Probe[], seconds: number) =>
    Promise.all(asked.map(probe => ask(engine, probe, seconds)));
  const isOpen = ({ expected }: Probe) => expected === 'reached';
  const open = await askAll(probes.filter(isOpen), SECONDS);
  const toBeClosed = probes.filter(probe => !isOpen(probe));
  const patience = patienceFor(open.map(({ seconds }) => seconds));
  const closed = await askAll(toBeClosed, patience);
  // Docker rewrites its packet filter while other networks of the machine come and go: only a way that stays
  // open is open.
  const suspects = toBeClosed.filter((_, index) => closed[index]?.found === 'reached');
  const again = await askAll(suspects, patience);
  return [...open, ...closed.filter(({ found }) => found === 'cut off'), ...again];
}

async function ask(
  engine: Engine,
  { container, prefix, ...probe }: Probe,
  seconds: number,
): Promise<ProbeResult> {
  // -k: any answer will do, whoever gives it.
  const curl = ['curl', '-sk', '-o', '/dev/null', '-w', '%{time_total}', '-m', String(seconds), probe.url];
  const { exitCode, output } = await engine.exec(container, [...prefix, ...curl]);
  const took = Number(/[\d.]+$/.exec(output.trim())?.[0] ?? seconds);
  return { ...probe, found: CONNECTED.has(exitCode) ? 'reached' : 'cut off', seconds: took };
}

/** Writes a sentence for each probe that did not come out as expected. */
export function isolationFaults(results: readonly ProbeResult[]): readonly string[] {
  return results
    .filter(({ expected, found }) => expected !== found)
    .map(
      ({ from, to, what, url, expected, found }) =>
        `${from} to ${to}, ${what} (${url}): expected ${expected}, found ${found}`,
    );
}
