/** `mesh-harness version` */
import { EXIT } from '../../base/errors.ts';
import { packageVersion } from '../../base/package-root.ts';
import { EDITIONS } from '../../plan/plan.ts';
import type { Environment } from '../environment.ts';

export async function versionCommand({ stdout }: Environment): Promise<number> {
  stdout.write(`mesh-harness ${packageVersion()}\nnode ${process.version}\n`);
  for (const { name, istioVersion } of EDITIONS) stdout.write(`edition ${name}: Istio ${istioVersion}\n`);
  return EXIT.passed;
}
