/**
 * The proof, before Istio is installed, that pods reach what they should and nothing else. It asks from
 * within a pod of each cluster.
 */
import type { Engine } from './engine/engine.ts';
import { questionArgv, readAnswer } from './isolation-answer.ts';
import { type Probe, type ProbeContext, type ProbeResult, questionsOf } from './isolation-questions.ts';

/** The time limit for the answer of an open way. */
const SECONDS = 3;
/** A closed way must stay silent at least this long; and this many times longer than the slowest open one. */
const LEAST_SECONDS = 1;
const TIMES_LONGER = 20;
/** An API server on a busy machine may take longer for an answer than for the connection. */
const OPEN_ATTEMPTS = 3;

/**
 * Derives how long to wait at a closed way. Open ways take about equally long: one that stays silent for
 * several times as long is closed.
 * @param open - seconds that the open ways took
 */
export const patienceFor = (open: readonly number[]): number =>
  Math.min(SECONDS, Math.max(LEAST_SECONDS, TIMES_LONGER * Math.max(0, ...open)));

/**
 * Asks all questions, the open ways first: they say how long a closed one has to stay silent; the positive
 * controls last: a pod that answers then, as it did when its witness started, would have answered in between.
 * @throws HarnessError ERR_PLATFORM_NOT_READY if a question cannot be asked
 */
export async function probeIsolation(context: ProbeContext): Promise<readonly ProbeResult[]> {
  const { engine } = context;
  const probes = questionsOf(context);
  const isControl = ({ from, to }: Probe) => from === to;
  const askOpenWays = (asked: readonly Probe[]) => Promise.all(asked.map(probe => askOpenWay(engine, probe)));
  const open = await askOpenWays(probes.filter(probe => probe.expected === 'reached' && !isControl(probe)));
  const patience = patienceFor(open.map(({ seconds }) => seconds));
  const askAll = (asked: readonly Probe[]) => Promise.all(asked.map(probe => ask(engine, probe, patience)));
  const toBeClosed = probes.filter(({ expected }) => expected === 'cut off');
  const closed = await askAll(toBeClosed);
  // Docker rewrites its packet filter while other networks of the machine come and go: only a way that stays
  // open is open.
  const again = await askAll(toBeClosed.filter((_, index) => closed[index]?.found !== 'cut off'));
  const controls = await askOpenWays(probes.filter(isControl));
  return [...controls, ...open, ...closed.filter(({ found }) => found === 'cut off'), ...again];
}

/** Asks at a way that has to be open, some times if need be. */
async function askOpenWay(engine: Engine, probe: Probe): Promise<ProbeResult> {
  for (let attempt = 1; ; attempt++) {
    const result = await ask(engine, probe, SECONDS);
    if (result.found === 'reached' || attempt >= OPEN_ATTEMPTS) return result;
  }
}

async function ask(
  engine: Engine,
  { container, prefix, ...probe }: Probe,
  seconds: number,
): Promise<ProbeResult> {
  const { exitCode, output } = await engine.exec(container, [...prefix, ...questionArgv(probe, seconds)]);
  return { ...probe, ...readAnswer(exitCode, output, probe.identity) };
}

/** Writes a sentence for each probe that did not come out as expected. */
export function isolationFaults(results: readonly ProbeResult[]): readonly string[] {
  return results
    .filter(({ expected, found }) => expected !== found)
    .map(({ from, to, what, url, expected, ...answer }) => {
      const { found, said } = answer;
      const how = found === 'someone else' ? `someone else answered (${said})` : `found ${found}`;
      return `${from} to ${to}, ${what} (${url}): expected ${expected}, ${how}`;
    });
}
