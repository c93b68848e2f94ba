/** A real istioctl: of a path, or of Istio's Go module by Go's own installer. Its version is pinned. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/cli.ts';

/** About 1.31: 1.30.3 cannot be had as a module. */
const MODULE = 'istio.io/istio/istioctl/cmd/istioctl@v0.0.0-20260827124520-eed52ebb66ad';
const FOLDER = path.join(ROOT, 'node_modules', '.cache', 'mesh-harness-peers', 'istioctl-20260827');

/**
 * Finds istioctl, and installs it if Go is there.
 * @returns its path, or why there is none
 */
export function findIstioctl(): { readonly path: string } | { readonly reason: string } {
  const given = process.env['MESH_HARNESS_ISTIOCTL'];
  if (given !== undefined)
    return existsSync(given) ? { path: given } : { reason: `MESH_HARNESS_ISTIOCTL: there is no ${given}` };
  const program = path.join(FOLDER, 'istioctl');
  if (existsSync(program)) return { path: program };
  mkdirSync(FOLDER, { recursive: true });
  const env = { ...process.env, GOBIN: FOLDER };
  const { status, error, stderr } = spawnSync('go', ['install', MODULE], { encoding: 'utf8', env });
  if (error) return { reason: 'Go is not there' };
  return status === 0 ? { path: program } : { reason: `go install: ${stderr.trim().split('\n').at(-1)}` };
}
