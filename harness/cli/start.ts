#!/usr/bin/env node
/** The program `mesh-harness`. */
import { fileURLToPath } from 'node:url';
import { BUNDLES, loadBundle } from './bundle.ts';
import { isLight } from './light.ts';

const bundle = isLight(process.argv.slice(2)) ? BUNDLES.light : BUNDLES.whole;
loadBundle(fileURLToPath(new URL('.', import.meta.url)), bundle).start();
