/**
 * Prints what `npm test` gives to tap: the files that have a process of their own, and for each folder of
 * small ones a file that runs them together. A process costs half a second before the first test, and most
 * files need less than that.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { currentBundle, ROOT } from './test-bundle.mjs';

/**
 * What these do to their process, or take of its time, is nothing for others: programs, whole runs, real
 * clocks, hooks.
 */
const ALONE = [
  /^test\/(cli|support|tables|platform\/existing)\//,
  /^test\/(architecture|determinism|readme)\.test/,
  /^test\/platform\/(clean|contract-\w+|diagnostics|doctor|platform-choice|programs)\.test/,
  /^test\/platform\/kind\/(engine|faults|kind-platform|scenarios)\.test/,
  /^test\/scenario\/examples\.test/,
  /^test\/simulator\/(tripwire-run|kubernetes\/(client-node|golden|scale|http\/hostile))\.test/,
  /^test\/tools\/(process-on-simulator|process-tools)\.test/,
  /^test\/process\//,
  /^test\/verify\/checks\/extended\//,
];

/** Folder → its files, those below it included, as far as no longer name here takes them. */
const TOGETHER = [
  'platform',
  'simulator',
  'simulator/istio',
  'simulator/kubernetes',
  'simulator/kubernetes/http',
  '',
];

const files = readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.test.ts'))
  .map(file => `test/${file.replaceAll(path.sep, '/')}`)
  .sort();
const alone = files.filter(file => ALONE.some(pattern => pattern.test(file)));
const groups = new Map();
for (const file of files.filter(each => !alone.includes(each))) {
  const [folder] = TOGETHER.filter(each => file.startsWith(path.posix.join('test', each, '/'))).sort(
    (one, other) => other.length - one.length,
  );
  groups.set(folder, [...(groups.get(folder) ?? []), file]);
}
const folder = path.join('node_modules', '.cache', 'mesh-harness-test-groups');
mkdirSync(path.join(ROOT, folder), { recursive: true });
const together = [...groups].map(([name, list]) => {
  const file = path.join(folder, `${name.replaceAll('/', '-') || 'others'}.test.mjs`);
  const imports = list.map(each => `await import(${JSON.stringify(`../../../${each}`)});`);
  writeFileSync(path.join(ROOT, file), `${imports.join('\n')}\n`);
  return file;
});

// What all of them load is made before the first starts, and what V8 makes of that.
const bundle = await currentBundle();
if (!readdirSync(bundle).some(name => name.endsWith(`${process.version}.cache`))) {
  const argv = ['--import=./test/support/loader.mjs', 'test/support/save-code.mjs'];
  execFileSync(process.execPath, argv, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}
console.log([...together, ...alone].join('\n'));
