/** How V8 is set for a program that lives a second. */

/**
 * V8's flags for this Node. Node 20's V8 optimizes a function after so little work that a run pays more for
 * the compiler than it gains (docs/performance.md). Later ones wait for thousands of calls, and have no such
 * flag.
 */
export const V8_FLAGS: readonly string[] = process.versions.node.startsWith('20.')
  ? ['--interrupt-budget=200000'] // of bytecode; 66 kB by default
  : [];
