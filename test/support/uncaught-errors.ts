/**
 * A test file with an error that nobody catches, of the kind that UNCAUGHT names; `no-domains.test.ts` runs
 * it in a process of its own.
 */
import t from 'tap';

const failure = () => new Error('nobody catches this');
const kind = process.env['UNCAUGHT'];

t.test('good', async t => {
  t.pass();
});
t.test('beside which it comes', async t => {
  if (kind === 'timer')
    setTimeout(() => {
      throw failure();
    });
  if (kind === 'promise') void Promise.reject(failure());
  await new Promise(resolve => setTimeout(resolve, 20));
  t.pass();
  if (kind === 'late')
    setTimeout(() => {
      throw failure();
    }, 50);
});
