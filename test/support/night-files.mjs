/**
 * Prints the files that `npm run tables` gives to tap: the tables, and each test that itself or by what it
 * imports asks `nightly.ts` how much of it is to run.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './test-bundle.mjs';

const NIGHTLY = path.join(ROOT, 'test/support/nightly.ts');
const IMPORTED = /^(?:import|export)\b[^'"]*?['"](\.{1,2}\/[^'"]+\.ts)['"]/gm;

const asks = new Map([[NIGHTLY, true]]);

/** @returns whether a file of `test/` imports `nightly.ts`, over others too */
function asksNightly(file) {
  const known = asks.get(file);
  if (known !== undefined) return known;
  asks.set(file, false); // a ring asks no more than its other members do
  const imported = [...readFileSync(file, 'utf8').matchAll(IMPORTED)].map(([, to]) =>
    path.resolve(path.dirname(file), to),
  );
  const does = imported.filter(each => each.startsWith(path.join(ROOT, 'test'))).some(asksNightly);
  asks.set(file, does);
  return does;
}

const tests = readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.test.ts'))
  .map(file => path.posix.join('test', file.replaceAll(path.sep, '/')))
  .sort();
const ofTables = file => /^test\/tables\/(?!covering)/.test(file);
console.log(tests.filter(file => ofTables(file) || asksNightly(path.join(ROOT, file))).join('\n'));
