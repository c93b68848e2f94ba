/** Where peers keep what package managers install for them. */
import path from 'node:path';
import { ROOT } from '../support/cli.ts';

export const CACHE = path.join(ROOT, 'node_modules', '.cache', 'mesh-harness-peers');
