#!/usr/bin/env node
/** The program `mesh-harness`. */
import { fileURLToPath } from 'node:url';
import { loadBundle } from './bundle.ts';

loadBundle(fileURLToPath(new URL('.', import.meta.url))).start();
