/** Every target of the fuzzer. A new one is a file in `targets/` and a line here. */
import type { AnyTarget } from './target.ts';
import { api } from './targets/api.ts';
import { clientHello } from './targets/client-hello.ts';
import { flags } from './targets/flags.ts';
import { guidePage } from './targets/guide-page.ts';
import { httpBytes } from './targets/http-bytes.ts';
import { kubeconfig } from './targets/kubeconfig.ts';
import { registryConfig } from './targets/registry-config.ts';
import { reports } from './targets/report.ts';
import { scenario } from './targets/scenario.ts';
import { xds } from './targets/xds.ts';

/** In the order in which `npm run fuzz -- all` takes them. */
export const TARGETS: readonly AnyTarget[] = [
  ...[scenario, flags, kubeconfig, registryConfig, reports, guidePage],
  ...[api, xds, clientHello, httpBytes],
];
