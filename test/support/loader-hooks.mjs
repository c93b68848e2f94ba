/**
 * Loads a test file as `test-bundle.mjs` has made it, and any other TypeScript file as one bundle of all it
 * imports of ours. tap runs each test file in a process of its own: to compile and load the hundreds of files
 * behind it one by one took each of them seven seconds.
 */
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { kubernetesDescriptions } from '../../build-descriptions.mjs';
import { envoyDescriptors } from '../../build-descriptors.mjs';

/** Of nearly a thousand files, all of which its index names. */
const CLIENT_NODE = '@kubernetes/client-node';
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const cache = path.join(modules, '.cache', 'mesh-harness-test');

const shared = { bundle: true, platform: 'node', target: 'node20', format: 'esm', logLevel: 'error' };

/** One file of client-node, made once for each of its versions. */
async function clientNode(build) {
  const { version } = JSON.parse(readFileSync(path.join(modules, CLIENT_NODE, 'package.json'), 'utf8'));
  const file = path.join(cache, `client-node-${version}.mjs`);
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  const made = `${file}.${process.pid}`;
  await build({
    ...shared,
    stdin: { contents: `export * from '${CLIENT_NODE}';`, resolveDir: modules },
    outfile: made,
    // Some of what it needs is CommonJS and calls require.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  renameSync(made, file);
  return file;
}

/** Each file keeps its own address, wherever the bundle is. */
const ownAddress = {
  name: 'own-address',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      const source = readFileSync(file, 'utf8');
      if (!source.includes('import.meta.url')) return undefined;
      return {
        contents: source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href)),
        loader: 'ts',
      };
    });
  },
};

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
let folder;

/** @type {import('node:module').InitializeHook} */
export function initialize(data) {
  folder = data.folder;
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  const file = fileURLToPath(url);
  const made = path.join(folder, path.relative(ROOT, file).replace(/\.ts$/, '.js'));
  if (existsSync(made)) return { format: 'module', source: readFileSync(made, 'utf8'), shortCircuit: true };
  const { build } = await import('esbuild');
  const client = pathToFileURL(await clientNode(build)).href;
  const { outputFiles } = await build({
    ...shared,
    entryPoints: [file],
    outfile: `${file}.mjs`,
    packages: 'external',
    plugins: [
      ownAddress,
      envoyDescriptors,
      kubernetesDescriptions,
      {
        name: 'client-node',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: client, external: true })),
      },
    ],
    sourcemap: 'inline',
    sourcesContent: false,
    write: false,
  });
  return { format: 'module', source: outputFiles[0].text, shortCircuit: true };
}
