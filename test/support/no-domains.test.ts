/**
 * What tap's domains are for holds without them: an error that nobody catches fails the file, and is told.
 */
import { execa } from 'execa';
import t from 'tap';
import { ROOT } from './cli.ts';

for (const [kind, told] of [
  ['timer', /^not ok 2 - beside which it comes/m],
  // With a test that is called like the error.
  ['promise', /^not ok 3 - nobody catches this/m],
  // When all tests have passed.
  ['late', /^ok 2 - beside which it comes/m],
] as const) {
  t.test(`an uncaught error fails the file: ${kind}`, async t => {
    const { exitCode, stdout, stderr } = await execa(
      process.execPath,
      ['--import=./test/support/loader.mjs', 'test/support/uncaught-errors.ts'],
      { cwd: ROOT, env: { TAP: '1', UNCAUGHT: kind }, reject: false },
    );
    t.not(exitCode, 0);
    t.match(stdout, /^ok 1 - good/m);
    t.match(stdout, told);
    t.match(`${stdout}${stderr}`, /nobody catches this/);
  });
}
