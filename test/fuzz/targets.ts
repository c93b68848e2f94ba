/** Every target of the fuzzer. A new one is a file in `targets/` and a line here. */
import type { AnyTarget } from './target.ts';
import { flags } from './targets/flags.ts';
import { kubeconfig } from './targets/kubeconfig.ts';
import { registryConfig } from './targets/registry-config.ts';
import { reports } from './targets/report.ts';
import { scenario } from './targets/scenario.ts';

/** In the order in which `npm run fuzz -- all` takes them. */
export const TARGETS: readonly AnyTarget[] = [scenario, flags, kubeconfig, registryConfig, reports];
