/**
 * Makes what test processes load: one script of everything of ours that tests import, with the packages
 * behind it, and of each test file what is left. Made anew when a file below harness/ or test/ has changed;
 * which folder it is in says for which state of the files it was made.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { kubernetesDescriptions } from '../../build-descriptions.mjs';
import { envoyDescriptors } from '../../build-descriptors.mjs';
import { dropUnusedModels, leaveOutUnreached, nodeHasUrl } from '../../build-plugins.mjs';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CACHE = path.join(ROOT, 'node_modules', '.cache', 'mesh-harness-test');
/** States of the files that are kept: to go back to another branch costs nothing. */
const KEPT = 3;

const filesBelow = folder =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => /\.(ts|mjs|json)$/.test(file))
    .map(file => path.join(folder, file))
    .sort();

/** The folder for the files as they are now. */
function folderOfNow() {
  const hash = createHash('sha256');
  for (const file of [
    ...filesBelow('harness'),
    ...filesBelow('test'),
    'build-descriptions.mjs',
    'build-descriptors.mjs',
    'build-plugins.mjs',
    'package-lock.json',
    'tsconfig.json',
  ]) {
    const { mtimeMs, size } = statSync(path.join(ROOT, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return path.join(CACHE, hash.digest('hex').slice(0, 20));
}

/**
 * Names the file of a bundle's folder that keeps the code V8 has made of it. V8 refuses what was made under
 * another version or other flags.
 * @param argv - what Node is started with, before the script
 */
export function codeFile(argv) {
  const flags = argv.filter(word => !/^--(import|enable-source-maps|inspect-port)\b/.test(word));
  return `library.${[process.version, ...flags].join('')}.cache`;
}

/** @returns the folder of the bundle for the files as they are now */
export async function currentBundle() {
  const folder = folderOfNow();
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  await whileLocked(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const made = `${folder}.${process.pid}`;
    try {
      await build(made);
      renameSync(made, folder);
    } finally {
      rmSync(made, { recursive: true, force: true });
    }
    removeOld(folder);
  });
  return folder;
}

/**
 * Of several processes that start at once one builds, and the others wait for it. A lock that is a minute old
 * is one of the dead.
 */
async function whileLocked(lock, work) {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (Date.now() - since > 60_000) rmSync(lock, { recursive: true, force: true });
      else await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
  try {
    await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function removeOld(current) {
  const age = name => statSync(path.join(CACHE, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const others = readdirSync(CACHE).filter(
    name => /^[0-9a-f]{20}$/.test(name) && name !== path.basename(current),
  );
  others.sort((one, other) => age(other) - age(one));
  for (const name of others.slice(KEPT - 1)) rmSync(path.join(CACHE, name), { recursive: true, force: true });
}

const shared = { bundle: true, platform: 'node', target: 'node20', logLevel: 'error', sourcesContent: false };

/** Each file keeps its own address, wherever the bundle is. */
const ownAddress = {
  name: 'own-address',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/, namespace: 'file' }, ({ path: file }) => {
      const source = readFileSync(file, 'utf8');
      if (!source.includes('import.meta.url')) return undefined;
      const address = JSON.stringify(pathToFileURL(file).href);
      return { contents: source.replaceAll('import.meta.url', address), loader: 'ts' };
    });
  },
};

/**
 * Stack traces lead to the lines of our files; those of packages would be nine tenths of what Node reads for
 * that.
 */
const noMapsOfPackages = {
  name: 'no-maps-of-packages',
  setup({ onLoad }) {
    const map = Buffer.from('{"version":3,"sources":[""],"mappings":"A"}').toString('base64');
    onLoad({ filter: /[/\\]node_modules[/\\].*\.[cm]?js$/ }, ({ path: file }) => ({
      contents: `${readFileSync(file, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${map}`,
      loader: 'js',
    }));
  },
};

/** Where the script finds tap, of which there must be one, and tests the script (`loader.mjs`). */
const GLOBAL = "globalThis[Symbol.for('mesh-harness-test')]";

async function build(folder) {
  const esbuild = await import('esbuild');
  mkdirSync(folder, { recursive: true });
  const wanted = new Set();
  const { outputFiles } = await esbuild.build({
    ...shared,
    entryPoints: filesBelow('test').filter(file => file.endsWith('.test.ts')),
    absWorkingDir: ROOT,
    format: 'esm',
    outdir: ROOT,
    outbase: ROOT,
    packages: 'external',
    sourcemap: 'inline',
    write: false,
    banner: { js: `import onlyTap from 'tap'; ${GLOBAL}.tap = onlyTap;` },
    plugins: [ownAddress, fromLibrary(wanted)],
  });
  for (const { path: file, text } of outputFiles) {
    const kept = path.join(folder, path.relative(ROOT, file));
    mkdirSync(path.dirname(kept), { recursive: true });
    writeFileSync(kept, text);
  }
  await esbuild.build({
    ...shared,
    stdin: { contents: libraryOf(wanted), resolveDir: ROOT },
    absWorkingDir: ROOT,
    format: 'cjs',
    supported: { 'dynamic-import': false }, // which a text that is no module cannot do
    define: { 'import.meta.url': 'fileUrl' }, // of packages
    external: ['testcontainers', 'esbuild', 'typescript'],
    outfile: path.join(folder, 'library.cjs'),
    sourcemap: 'external',
    banner: { js: '(function (require, fileUrl, module) { "use strict";' },
    footer: { js: '})' },
    plugins: [
      ownAddress,
      dropUnusedModels,
      nodeHasUrl,
      leaveOutUnreached,
      envoyDescriptors,
      kubernetesDescriptions,
      noMapsOfPackages,
      theOnlyTap,
    ],
  });
}

/** What a test file imports of ours is not put into it, but asked of the script when the test starts. */
const fromLibrary = wanted => ({
  name: 'from-library',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ path: specifier, resolveDir, kind }) => {
      if (kind === 'entry-point' || !specifier.endsWith('.ts')) return undefined;
      return { path: path.relative(ROOT, path.join(resolveDir, specifier)), namespace: 'library' };
    });
    onLoad({ filter: /./, namespace: 'library' }, ({ path: name }) => {
      wanted.add(name);
      return { contents: `module.exports = ${GLOBAL}.get(${JSON.stringify(name)});`, loader: 'js' };
    });
  },
});

/** The script's own text: each file is run when it is first asked for. */
function libraryOf(wanted) {
  const entries = [...wanted]
    .sort()
    .map(
      name =>
        `${JSON.stringify(name)}: () => require(${JSON.stringify(`./${name.replaceAll(path.sep, '/')}`)}),`,
    );
  return `module.exports = {\n${entries.join('\n')}\n};`;
}

const theOnlyTap = {
  name: 'the-only-tap',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^tap$/ }, () => ({ path: 'tap', namespace: 'only' }));
    onLoad({ filter: /./, namespace: 'only' }, () => ({
      contents: `export default ${GLOBAL}.tap;`,
      loader: 'js',
    }));
  },
};
