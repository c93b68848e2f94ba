/**
 * How much of a run on kind is the harness's own: with stand-ins that take fixed times, what passes while no
 * program runs. Ends with exit code 1 if that is more than the budget, or if the clusters wait for each
 * other. Needs a Docker engine, and a machine that does nothing else.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../harness/base/clock.ts';
import { packageRoot } from '../../harness/base/package-root.ts';
import { loadScenario } from '../../harness/scenario/load.ts';
import { prepareSession } from '../../harness/session/prepare.ts';
import { kindWorld } from '../support/kind-world.ts';
import { nodesMissing } from '../support/node-image.ts';
import type { Call } from '../support/stand-ins/calls.ts';

const BUDGET = 0.05;
/** As a small machine has them with everything in its caches; the longer they take, the smaller our share. */
const KIND_MS = 40_000;
const INSTALL_MS = 20_000;
const WAIT_MS = 5_000;
const KUBECTL_MS = 300;

function takesMs(program: string, argv: readonly string[]): number {
  if (argv.includes('version')) return KUBECTL_MS;
  if (program === 'kind') return KIND_MS;
  if (argv.includes('install')) return INSTALL_MS;
  return argv.includes('wait') ? WAIT_MS : KUBECTL_MS;
}

/** Milliseconds in which at least one program ran. */
function busyMs(calls: readonly Call[]): number {
  let busy = 0;
  let until = 0;
  for (const { startedAtMs, endedAtMs = startedAtMs } of [...calls].sort(
    (a, b) => a.startedAtMs - b.startedAtMs,
  )) {
    busy += Math.max(0, endedAtMs - Math.max(until, startedAtMs));
    until = Math.max(until, endedAtMs);
  }
  return busy;
}

/** When no program ran, longest first: `2.4 s after kind create cluster …`. */
function pauses(calls: readonly Call[]): readonly string[] {
  const found: { readonly ms: number; readonly after: string }[] = [];
  let last: Call | undefined;
  for (const call of [...calls].sort((a, b) => a.startedAtMs - b.startedAtMs)) {
    if (last)
      found.push({
        ms: call.startedAtMs - (last.endedAtMs ?? 0),
        after: [last.program, ...last.argv].join(' '),
      });
    if ((call.endedAtMs ?? 0) >= (last?.endedAtMs ?? 0)) last = call;
  }
  return found
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 3)
    .map(({ ms, after }) => `${(ms / 1000).toFixed(1)} s after ${after.slice(0, 80)}`);
}

/** Whether some moment has both: of each cluster, the calls that this picks. */
function overlap(calls: readonly Call[], words: string): boolean {
  const picked = calls.filter(({ argv }) => argv.join(' ').includes(words));
  const begun = Math.max(...picked.map(({ startedAtMs }) => startedAtMs));
  return picked.length > 1 && picked.every(({ endedAtMs = 0 }) => endedAtMs > begun);
}

const missing = nodesMissing();
if (missing !== undefined) {
  console.log(`skipped: ${missing}`);
} else {
  for (const scenario of ['multi-primary', 'primary-remote-multi-network']) {
    const folder = mkdtempSync(join(tmpdir(), 'mesh-harness-bench-'));
    const { topology } = await loadScenario(scenario, { folder: join(packageRoot(), 'scenarios') });
    try {
      await using world = await kindWorld(folder, topology);
      world.hub.takesMs = takesMs;
      const startedAtMs = systemClock.now();
      let upAtMs = startedAtMs;
      let endedAtMs = startedAtMs;
      const session = await prepareSession({
        topology,
        edition: 'current',
        platform: world.platform('bench'),
        checks: [],
        listeners: [
          event => {
            if (event.type === 'platform-started') upAtMs = systemClock.now();
            if (event.type === 'step-ended') endedAtMs = systemClock.now();
          },
        ],
      });
      const { verdict } = await session.start();
      const tools = busyMs(world.hub.calls);
      const own = endedAtMs - startedAtMs - tools;
      const share = own / tools;
      const isSideBySide = overlap(world.hub.calls, 'create cluster');
      const isGood = verdict === 'passed' && share <= BUDGET && isSideBySide;
      if (!isGood) process.exitCode = 1;
      console.log(
        `${isGood ? '✓' : '✗'} ${scenario} (${verdict}): ${(own / 1000).toFixed(1)} s of our own beside ${(tools / 1000).toFixed(1)} s of the programs: ${(100 * share).toFixed(1)} % (budget ${100 * BUDGET} %); clusters up after ${((upAtMs - startedAtMs) / 1000).toFixed(1)} s, all calls one after the other would take ${(world.hub.calls.reduce((sum, call) => sum + (call.endedAtMs ?? call.startedAtMs) - call.startedAtMs, 0) / 1000).toFixed(0)} s${isSideBySide ? '' : '; the clusters were not created side by side'}`,
      );
      if (!isGood) console.log(`  no program ran for ${pauses(world.hub.calls).join('; ')}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
