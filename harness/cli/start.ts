#!/usr/bin/env node
/** The program `mesh-harness`. */
import { loadBundle } from './bundle.ts';

loadBundle(import.meta.dirname).start();
