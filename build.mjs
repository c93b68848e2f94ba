// Bundles the CLI and the library, so that a start costs one file, and writes the library's types.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));
/** Which Node has made the bundle: V8 takes code of its own version only. */
const BUILT_BY = 'dist/built-by';
const NODE = `${process.version} ${process.arch}`;

/**
 * Whether nothing that goes into the bundle is younger than it, and this Node takes the code that is kept of
 * it.
 */
function isUpToDate() {
  if (!existsSync(BUILT_BY) || readFileSync(BUILT_BY, 'utf8') !== NODE) return false;
  const built = statSync('dist').mtimeMs;
  const sources = readdirSync('harness', { recursive: true }).map(file => `harness/${file}`);
  return [
    'harness',
    ...sources,
    'build.mjs',
    'build-descriptions.mjs',
    'build-descriptors.mjs',
    'build-notices.mjs',
    'build-plugins.mjs',
    'build-types.mjs',
    'package-lock.json',
    'tsconfig.json',
  ].every(file => statSync(file).mtimeMs < built);
}
// The first npx in a clone links the package into npm's cache and runs `prepare` a second time, within sight
// of a waiting user.
if (process.argv.includes('--unless-up-to-date') && isUpToDate()) process.exit();

const { build } = await import('esbuild').catch(refuseWithoutTools);
const { kubernetesDescriptions } = await import('./build-descriptions.mjs');
const { envoyDescriptors } = await import('./build-descriptors.mjs');
const { writeNotices } = await import('./build-notices.mjs');
const {
  withInterop,
  dropUnusedModels,
  leaveOutUnreached,
  loadedWhenUsed,
  madeWhenUsed,
  nodeHasUrl,
  onlyLightCommands,
} = await import('./build-plugins.mjs');
const { writeTypes } = await import('./build-types.mjs');

/** Ends where the packages are missing that only a build needs: `npm ci --omit=dev`, NODE_ENV=production. */
function refuseWithoutTools(error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error(
    [
      '',
      'mesh-harness is not built: in a clone its sources are bundled into dist/, and the packages for that are',
      'development dependencies, which were left out (--omit=dev, --production or NODE_ENV=production).',
      'What to do:  npm ci --include=dev     and afterwards, if they are to go,  npm prune --omit=dev --ignore-scripts',
      '',
    ].join('\n'),
  );
  process.exit(1);
}

// Built aside and put in place as a whole: what runs meanwhile finds either the old bundle or the new one.
const made = mkdtempSync('.dist-');
chmodSync(made, 0o755); // for every user of the machine, as npm installs packages
process.on('exit', () => rmSync(made, { recursive: true, force: true }));

/**
 * Returns the commit that this is built from, for reports: `1a2b3c…`, or `1a2b3c… with changes`.
 * @returns undefined outside of a clone of our own, or without git
 */
function commitOf() {
  const git = (...words) =>
    execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    if (git('rev-parse', '--show-prefix') !== '') return undefined;
    const parts = ['harness', 'scenarios', 'kind-configs', 'package.json', 'package-lock.json', 'build*.mjs'];
    const changed = git('status', '--porcelain', '--', ...parts) !== '';
    return `${git('rev-parse', 'HEAD')}${changed ? ' with changes' : ''}`;
  } catch {
    return undefined;
  }
}

const shared = {
  define: {
    BUILT_FROM: JSON.stringify(commitOf() ?? ''),
    // ws then looks for no machine code beside us.
    'process.env.WS_NO_BUFFER_UTIL': '"1"',
  },
  bundle: true,
  platform: 'node',
  target: 'node20',
  legalComments: 'none',
  logLevel: 'warning',
  outdir: made,
  // Docker is met on some platforms only: loaded when one asks for it.
  external: ['testcontainers'],
  plugins: [
    dropUnusedModels,
    nodeHasUrl,
    leaveOutUnreached,
    madeWhenUsed,
    envoyDescriptors,
    kubernetesDescriptions,
  ],
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
};

// The library.
const library = await build({
  ...shared,
  entryPoints: ['harness/index.ts'],
  format: 'esm',
  // Some dependencies are CommonJS inside and call require.
  banner: {
    js: "import { createRequire as createRequireOfBundle } from 'node:module';\nconst require = createRequireOfBundle(import.meta.url);",
  },
  // What is imported on demand is loaded on demand.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
});

/** Bundles the command line as a function's text, which harness/cli/bundle.ts reads. @returns the metafile */
async function buildCommandLine(name, plugins = []) {
  const { outputFiles, metafile } = await build({
    ...shared,
    plugins: [...plugins, loadedWhenUsed, ...shared.plugins],
    entryPoints: { [name]: 'harness/cli/main.ts' },
    format: 'cjs',
    supported: { 'dynamic-import': false }, // which a text that is no module cannot do
    define: { ...shared.define, 'import.meta.url': 'fileUrl' },
    banner: { js: '(function (require, fileUrl, module) {' },
    footer: { js: '})' },
    write: false,
  });
  const text = withInterop(outputFiles[0].text);
  // A letter a byte: so it is read without decoding. The bundler escapes what lies beyond, save in regular
  // expressions and tagged templates.
  const beyond = /.{0,30}[^\0-\xff].{0,30}/.exec(text);
  if (beyond) throw new Error(`Write it as \\u…, for the bundle: ${beyond[0]}`);
  writeFileSync(`${made}/${name}.js`, text, 'latin1');
  return metafile;
}
const metafile = await buildCommandLine('command-line');

// The program that starts it, and the one that keeps the code which V8 compiled in a run of everything.
await build({
  ...shared,
  entryPoints: {
    'mesh-harness': 'harness/cli/start.ts',
    'save-code': 'harness/cli/save-code.ts',
    'is-light': 'harness/cli/light.ts',
  },
  format: 'esm',
});
chmodSync(`${made}/mesh-harness.js`, 0o755);
const { isLight } = await import(`./${made}/is-light.js`);
await buildCommandLine('light', [onlyLightCommands(isLight)]);

for (const words of [
  ['command-line', 'run', 'all', '--jobs', '1', '--quiet', '--report-dir', `${made}/report`],
  // What a process has compiled is kept for the next one, which keeps it with what it compiles.
  ['light', '--help'],
  ['light', 'plan', 'multi-primary'],
]) {
  const { status, stderr } = spawnSync(process.execPath, [`${made}/save-code.js`, ...words]);
  if (status !== 0)
    console.warn(`A start will cost more time: \`${words.join(' ')}\` ended with ${status}.\n${stderr}`);
}
rmSync(`${made}/report`, { recursive: true, force: true });
for (const name of ['save-code.js', 'is-light.js']) rmSync(`${made}/${name}`);

writeNotices([library.metafile, metafile], `${made}/THIRD-PARTY-NOTICES`);
await writeTypes(`${made}/types`);
writeFileSync(`${made}/${path.basename(BUILT_BY)}`, NODE);
rmSync('dist', { recursive: true, force: true });
renameSync(made, 'dist');
