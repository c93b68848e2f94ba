/** What stands in a stack trace is what was written, not what was made of it. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { topologicalOrder } from '../../harness/plan/graph.ts';
import { ROOT } from './cli.ts';

t.test('a stack trace leads to the lines of our files', async t => {
  const step = { id: 'a', dependsOn: [] };
  const stack = await new Promise<string>(resolve => {
    try {
      topologicalOrder([step, step]);
    } catch (error) {
      resolve((error as Error).stack ?? ''); // it throws nothing else
    }
  });
  const [, file = '', line = ''] = /([^\s(]*harness\/plan\/graph\.ts):(\d+):\d+/.exec(stack) ?? [];
  t.ok(file.startsWith(ROOT), stack);
  t.match(readFileSync(file, 'utf8').split('\n')[Number(line) - 1], /throw new Error\(`Two steps are called/);
  t.match(stack, /test\/support\/loader\.test\.ts:11:/, 'and of the test');
});

/** What `loader.mjs` tells of itself. */
const loader = (globalThis as Record<symbol, unknown>)[Symbol.for('mesh-harness-test')] as {
  readonly tookCode: boolean;
};

/** Only what `test-files.mjs` has prepared has it: not a file that is run by itself. */
const noCode = () => (process.env['TAP'] === undefined ? 'only npm test keeps code' : false);

t.test('V8 takes the code that was kept for these processes', { skip: noCode() }, async t => {
  t.ok(loader.tookCode, `under ${process.execArgv.join(' ')}`);
});

t.test('a test is no step of a workflow', async t => {
  t.same(
    Object.keys(process.env).filter(name => name.startsWith('GITHUB_')),
    [],
  );
});
