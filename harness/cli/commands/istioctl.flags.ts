/** `mesh-harness istioctl`, whose words and flags are istioctl's own. */
import type { Command } from 'commander';

/** Declares `mesh-harness istioctl` for the help alone: `main.ts` takes its words before they are parsed. */
export function declareIstioctl(program: Command): void {
  program
    .command('istioctl')
    .description(
      'istioctl for simulated clusters: install, create-remote-secret, proxy-status, proxy-config, …',
    )
    .argument('[words...]', 'as those of istioctl');
}
