/**
 * A Python program with three clients (`clients/python`), on simulated clusters and beside a real API server.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { CACHE } from './cache.ts';
import { compareClients } from './clients/client-program.ts';

const SOURCES = path.join(import.meta.dirname, 'clients', 'python');

await compareClients('kubernetes 37.0.2, lightkube 1.0.1, kr8s 0.20.15', {
  needs: [
    ['python3', '--version'],
    ['kubectl', 'options'],
  ],
  install: () => {
    const folder = path.join(CACHE, 'python-clients');
    const python = path.join(folder, 'bin', 'python');
    if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', folder]);
    const requirements = path.join(SOURCES, 'requirements.txt');
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements], { stdio: 'inherit' });
    return [python, path.join(SOURCES, 'peer.py')];
  },
});
