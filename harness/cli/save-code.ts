/**
 * Runs the command line as `start.ts` does, and keeps the code that V8 has compiled when it ends: a part of
 * the build.
 */
import { fileURLToPath } from 'node:url';
import { loadBundle } from './bundle.ts';

const bundle = loadBundle(fileURLToPath(new URL('.', import.meta.url)));
process.on('exit', () => bundle.saveCode());
bundle.start();
