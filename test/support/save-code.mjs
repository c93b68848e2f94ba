/**
 * Runs a scenario in both editions with the script that test processes load, and keeps the code that V8 has
 * made of it then.
 */
const { get, saveCode } = globalThis[Symbol.for('mesh-harness-test')];
const { run } = get('harness/session/run.ts');
const { topologyOf } = get('test/plan/scenarios.ts');

for (const edition of ['1.8', 'current'])
  await run({ topology: await topologyOf('primary-remote-multi-network'), edition, extended: true });
saveCode();
