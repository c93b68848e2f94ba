/**
 * What each test process starts with (.taprc): TypeScript is loaded as `test-bundle.mjs` makes it, anything
 * else as `loader-hooks.mjs` says.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, Module, register } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import './no-domains.mjs';
import './own-children.mjs';
import { codeFile, currentBundle } from './test-bundle.mjs';

// Later V8s do not know it: how much code runs before it is optimized, in bytes of its plain form.
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=600000');

// What tests start is no step of the workflow that runs them: it would tell GitHub of failures that are meant.
for (const name of Object.keys(process.env)) if (/^GITHUB_/.test(name)) delete process.env[name];

// The tables take longest: with an equal share of the cores they would be left over at last, on one core each.
const isTable = /[/\\]\d-tables-[^/\\]*$/.test(process.argv[1] ?? '');
if (process.env.TAP !== undefined && !isTable) os.setPriority(3);

const folder = await currentBundle();
register('./loader-hooks.mjs', import.meta.url, { data: { folder } });
// Node reads the map of each file that it loads from now on, whether it needs it or not: those of tap, which
// are hundreds, it shall not.
process.setSourceMapsEnabled(false);
if (/\.test\.m?[jt]s$/.test(process.argv[1] ?? '')) await import('tap');
process.setSourceMapsEnabled(true);

const filename = path.join(folder, 'library.cjs');
const cache = path.join(folder, codeFile(process.execArgv));
/**
 * Node looks for maps in modules only, and as long as they are there: this one is as good as empty, and has
 * the script's name.
 */
const mapped = new Module(filename);
let script;
let library;

/** Runs the script, with the code that V8 has made of it in an earlier process, if that was the same V8. */
function loadLibrary() {
  script = new Script(readFileSync(filename, 'utf8'), {
    filename,
    ...(existsSync(cache) && { cachedData: readFileSync(cache) }),
  });
  mapped._compile('\n//# sourceMappingURL=library.cjs.map', filename);
  const module = { exports: {} };
  script.runInThisContext()(createRequire(filename), pathToFileURL(filename).href, module);
  return module.exports;
}

/** Tables run for minutes: there V8's own choice of what to optimize, and when, takes an eighth less. */
function optimizeSoon() {
  setFlagsFromString('--no-always-sparkplug');
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=132000');
}

globalThis[Symbol.for('mesh-harness-test')] = {
  mapped,
  /** Gives what a file exports, by its path; it is run when it is first asked for. */
  get: name => {
    if (library === undefined) {
      library = loadLibrary();
      if (isTable) optimizeSoon();
    }
    return library[name]();
  },
  /** Whether there is code that an earlier process has kept, and V8 has taken it. */
  get tookCode() {
    return script?.cachedDataRejected === false;
  },
  /** Keeps the code that V8 has made by now, for processes to come (`save-code.mjs`). */
  saveCode: () => {
    writeFileSync(`${cache}.${process.pid}`, script.createCachedData());
    renameSync(`${cache}.${process.pid}`, cache);
  },
};
