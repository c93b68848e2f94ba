/**
 * Runs the command line as `start.ts` does, and keeps the code that V8 has compiled when it ends, beside what
 * was kept before: a part of the build. Its first word names the bundle.
 */
import { fileURLToPath } from 'node:url';
import { BUNDLES, loadBundle } from './bundle.ts';

const [which] = process.argv.splice(2, 1);
const bundle = loadBundle(
  fileURLToPath(new URL('.', import.meta.url)),
  which === 'light' ? BUNDLES.light : BUNDLES.whole,
);
process.on('exit', () => bundle.saveCode());
bundle.start();
