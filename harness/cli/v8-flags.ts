/** How V8 and Node are set: for a command that lives a second, and for a mesh that fills its memory. */
import { setFlagsFromString } from 'node:v8';

const MAJOR = Number.parseInt(process.versions.node, 10);

/**
 * Node 20's V8 optimizes a function after so little work that a run pays more for the compiler than it gains
 * (docs/performance.md). Later ones wait for thousands of calls, and have no such flag.
 */
const OF_NODE_20 = MAJOR === 20;

/** Of bytecode, in bytes that V8 weighs. Beside other threads the compiler takes its time from them. */
const BUDGET = { usual: 67_584, ofRuns: 200_000, besideThreads: 400_000 };

/** The last Node whose V8 is known to have the flag; of an unknown one V8 complains on standard error. */
const LAST_WITH_PRETENURING = 26;

/**
 * Sets V8 and Node for a run, or for the linting of a guide. A command calls it when all its code is loaded:
 * from then on V8 refuses code that was compiled under the usual flags, that of Node's own modules too.
 *
 * Where most objects of a kind live long, V8 comes to make that kind among the old ones at once. While a mesh
 * comes up so do its connections and what belongs to them; of the thousands of calls that follow nothing
 * does, but then whatever such an object leads to lives until the next collection of the whole heap.
 *
 * @param hasThreads - whether several run at once
 */
export function setForRuns(hasThreads = false): void {
  const budget = hasThreads ? BUDGET.besideThreads : BUDGET.ofRuns;
  if (OF_NODE_20) {
    setFlagsFromString(`--interrupt-budget=${budget}`);
    // For each request of HTTP/2 Node 20 prepares a word of deprecation, which takes 4 ms of a run.
    process.noDeprecation = true;
  }
  if (MAJOR <= LAST_WITH_PRETENURING) setFlagsFromString('--no-allocation-site-pretenuring');
}

/** Sets V8 back, so that code which is saved now fits a process that has just started. */
export function setAsUsual(): void {
  if (OF_NODE_20) setFlagsFromString(`--interrupt-budget=${BUDGET.usual}`);
  if (MAJOR <= LAST_WITH_PRETENURING) setFlagsFromString('--allocation-site-pretenuring');
}
