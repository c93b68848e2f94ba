/** How V8 is set for a run that lives a second. */
import { setFlagsFromString } from 'node:v8';

/**
 * Node 20's V8 optimizes a function after so little work that a run pays more for the compiler than it gains
 * (docs/performance.md). Later ones wait for thousands of calls, and have no such flag.
 */
const OF_NODE_20 = process.versions.node.startsWith('20.');

/** Of bytecode, in bytes that V8 weighs. */
const BUDGET = { usual: 67_584, ofRuns: 200_000 };

/**
 * Lets V8 wait longer before it optimizes. A command calls it when all its code is loaded: from then on V8
 * refuses code that was compiled under the usual flags, that of Node's own modules too.
 */
export function optimizeLate(): void {
  if (OF_NODE_20) setFlagsFromString(`--interrupt-budget=${BUDGET.ofRuns}`);
}

/** Sets V8 back, so that code which is saved now fits a process that has just started. */
export function optimizeAsUsual(): void {
  if (OF_NODE_20) setFlagsFromString(`--interrupt-budget=${BUDGET.usual}`);
}
