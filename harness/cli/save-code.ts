/** Runs the command line as `start.ts` does, and keeps the code that V8 has compiled when it ends: a part of the build. */
import { loadBundle } from './bundle.ts';

const bundle = loadBundle(import.meta.dirname);
process.on('exit', () => bundle.saveCode());
bundle.start();
