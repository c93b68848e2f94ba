/**
 * Prints what `npm test` gives to tap: the files that have a process of their own, and for each folder of
 * small ones a file that runs them together. A process costs half a second before the first test, and most
 * files need less than that.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import yaml from 'js-yaml';
import { codeFile, currentBundle, ROOT } from './test-bundle.mjs';

/**
 * What these do to their process, or take of its time, is nothing for others: programs, real clocks, hooks.
 */
const ALONE = [
  /^test\/cli\/(run|up|up-by-hand|false-green)\.test/,
  /^test\/platform\/(existing\/|contract-existing|diagnostics|doctor|programs)/,
  /^test\/(package|readme)\.test/,
  /^test\/library\/(examples|up)\.test/,
  /^test\/base\/grpc\/deadlines\.test/,
  /^test\/simulator\/(tripwire-run|kubernetes\/(client-node|scale|http\/hostile))\.test/,
  // It hears of what is encoded, which is kept for all worlds of a process.
  /^test\/simulator\/istio\/xds\/envoy-v3\/resource-codecs\.test/,
  /^test\/support\/tripwire\.test/,
  /^test\/tools\/process-on-simulator\.test/,
];

/** Whole runs on nodes of a Docker engine, where there is one: else they are skipped, all in one process. */
const OF_KIND = [/^test\/platform\/contract-kind\.test/, /^test\/platform\/kind\/kind-platform\.test/];
/** `npm run test:kind`, which CI runs beside `npm test`: kind itself, and what takes minutes of an engine. */
const BESIDE = [
  /^test\/platform\/kind\/real\//,
  /^test\/platform\/kind\/(archives|bundle|faults|isolation-proxy|overlap|proxy-run|scenarios)\.test/,
];
const hasDocker = spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0;

/** What test processes are themselves. */
const PROCESSES = [/^test\/support\/(loader|no-domains|own-children)\.test/];

/** These wait for programs or real clocks most of the time, one after the other. */
const WAITING = [
  /^test\/github\/(action|kind-trials)/,
  /^test\/platform\/clean\.test/,
  /^test\/process\//,
  /^test\/tools\/process-tools\.test/,
];

/** Whole runs in the process: code that has been compiled for one serves the next. */
const RUNS = [
  /^test\/determinism\.test/,
  /^test\/platform\/contract-simulator\.test/,
  /^test\/scenario\/examples\.test/,
  /^test\/verify\/checks\/extended\//,
];

/** Long ones, each in a process of its own; they start first. */
const LONG = ['tables/current', 'tables/1.8', 'simulator/kubernetes/golden'];
/** What starts first, as tap takes files by their names: the longest first, so that none is left over at last. */
const FIRST = [
  'tables-current',
  'tables-1.8',
  'runs',
  'simulator-kubernetes-golden',
  'simulator-kubernetes',
  'others',
];

/** Folder → its files, those below it included, as far as no longer name here takes them. */
const TOGETHER = [
  'cli',
  'guide',
  'platform',
  'simulator',
  'simulator/istio',
  'simulator/kubernetes',
  'simulator/kubernetes/http',
  '',
];

/** @returns the name of the group that a file runs in; undefined if it has a process of its own */
function groupOf(file) {
  if (ALONE.some(pattern => pattern.test(file))) return undefined;
  const long = LONG.find(each => file === `test/${each}.test.ts`);
  if (long) return long.replaceAll('/', '-');
  if (OF_KIND.some(pattern => pattern.test(file))) return hasDocker ? undefined : 'kind';
  if (PROCESSES.some(pattern => pattern.test(file))) return 'processes';
  if (RUNS.some(pattern => pattern.test(file))) return 'runs';
  if (WAITING.some(pattern => pattern.test(file))) return 'waiting';
  const [folder] = TOGETHER.filter(each => file.startsWith(path.posix.join('test', each, '/'))).sort(
    (one, other) => other.length - one.length,
  );
  return folder.replaceAll('/', '-') || 'others';
}

/**
 * With a `teardown` of a file's own, tap ends as soon as there is nothing to do; for a file of a group that is
 * when all its tests are skipped and the next file is not there yet. So it is kept from tap until all are
 * there, and something is left to do then.
 */
const BEGINNING = `import t from 'tap';
const { teardown } = t;
t.teardown = t.after;`;
const END = `t.teardown = teardown;
t.teardown(() => {});
t.pass('all files of the group are there');`;

const files = readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.test.ts'))
  .map(file => `test/${file.replaceAll(path.sep, '/')}`)
  .filter(file => !BESIDE.some(pattern => pattern.test(file)))
  .sort();
const groups = new Map();
for (const file of files) {
  const name = groupOf(file);
  if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), file]);
}
const alone = files.filter(file => groupOf(file) === undefined);
const folder = path.join('node_modules', '.cache', 'mesh-harness-test-groups');
mkdirSync(path.join(ROOT, folder), { recursive: true });
const together = [...groups].map(([name, list]) => {
  const place = FIRST.indexOf(name);
  const file = path.join(folder, `${place < 0 ? '' : `${place}-`}${name}.test.mjs`);
  const imports = list.map(each => `await import(${JSON.stringify(`../../../${each}`)});`);
  writeFileSync(path.join(ROOT, file), `${[BEGINNING, ...imports, END].join('\n')}\n`);
  return file;
});

// What all of them load is made before the first starts, and what V8 makes of that under tap's flags.
const bundle = await currentBundle();
const { 'node-arg': flags } = yaml.load(readFileSync(path.join(ROOT, '.taprc'), 'utf8'));
if (!existsSync(path.join(bundle, codeFile(flags)))) {
  const argv = [...flags, 'test/support/save-code.mjs'];
  execFileSync(process.execPath, argv, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}
console.log([...together, ...alone].join('\n'));
