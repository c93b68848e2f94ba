/** The Go modules of the two releases, as Go itself gets them. */
import { spawnSync } from 'node:child_process';

/** The modules of a release. */
export interface Release {
  /** istio.io/api, with its version. */
  readonly api: string;
  /** istio.io/istio, with its version. */
  readonly istio: string;
}

/** Edition → modules; what 1.8.0 is made of stands in its go.mod. */
export const RELEASES: Readonly<Record<'1.8' | 'current', Release>> = {
  '1.8': {
    api: 'istio.io/api@v0.0.0-20201112235759-fa4ee46c5dc2',
    istio: 'istio.io/istio@v0.0.0-20201118224433-c87a4c874df2',
  },
  current: {
    api: 'istio.io/api@v1.30.3',
    istio: 'istio.io/istio@v0.0.0-20260827124520-eed52ebb66ad',
  },
};

/** @returns the folder of a module @throws Error if it cannot be had */
export function folderOf(module: string): string {
  const { stdout, stderr, status } = spawnSync('go', ['mod', 'download', '-json', module], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${module}: ${stderr || stdout}`);
  return String((JSON.parse(stdout) as { Dir?: string }).Dir);
}
