// The harness's own time on kind, with stand-ins for the programs. Usage: npm run bench:kind
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { envoyDescriptors } from '../../build-descriptors.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
// Below node_modules, where packages are found and no one looks.
const folder = path.join(ROOT, 'node_modules', '.cache', 'mesh-harness-bench');
const file = path.join(folder, `kind-${process.pid}.mjs`);
mkdirSync(folder, { recursive: true });
try {
  await build({
    entryPoints: [path.join(ROOT, 'test', 'bench', 'kind-overhead.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    plugins: [envoyDescriptors],
    outfile: file,
    logLevel: 'error',
  });
  await import(file);
} finally {
  rmSync(file, { force: true });
}
