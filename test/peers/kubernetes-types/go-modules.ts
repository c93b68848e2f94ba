/** Gets the modules that declare Kubernetes' API types, by Go's own means. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type GoPackage, readGoPackage } from './go-structs.ts';
import { importPath, PACKAGES } from './packages.ts';

/** The packages whose names the API types use besides each other. */
const HELPERS: readonly string[] = ['pkg/types', 'pkg/runtime', 'pkg/util/intstr', 'pkg/api/resource'];
const MACHINERY = 'k8s.io/apimachinery';

/**
 * Returns the folder of a module in Go's cache, where Go puts it if need be.
 * @throws Error with what Go says
 */
function folderOf(module: string, version: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-harness-go-'));
  try {
    const { status, stdout, stderr, error } = spawnSync(
      'go',
      ['mod', 'download', '-json', `${module}@${version}`],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    if (status !== 0) throw new Error(`go mod download ${module}@${version}: ${error?.message ?? stderr}`);
    return /"Dir": "(.*)"/.exec(stdout)?.[1] ?? '';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A version of Kubernetes' modules. */
export interface Modules {
  readonly folder: (module: string) => string;
  /** By import path. */
  readonly packages: ReadonlyMap<string, GoPackage>;
}

/** Reads all packages of a version. @param version - `v0.34.3` */
export function readModules(version: string): Modules {
  const folders = new Map<string, string>();
  const folder = (module: string): string => {
    const known = folders.get(module) ?? folderOf(module, version);
    folders.set(module, known);
    return known;
  };
  const packages = new Map<string, GoPackage>();
  for (const own of PACKAGES)
    packages.set(importPath(own), readGoPackage(path.join(folder(own.module), own.folder)));
  for (const helper of HELPERS)
    packages.set(`${MACHINERY}/${helper}`, readGoPackage(path.join(folder(MACHINERY), helper)));
  return { folder, packages };
}
