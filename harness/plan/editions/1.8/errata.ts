/**
 * What is wrong or missing in the guide's page for 1.8. `findings.json` holds what `mesh-harness guide lint`
 * says of the page, with lines, reasons and mends; a test makes it anew from the page. By hand there is only
 * what no rule can know, and what the plan does where the linter has no mend.
 */
import type { Erratum } from '../../step.ts';
import found from './findings.json' with { type: 'json' };

/** What the plan does, where it is not the linter's mend. */
const WE_DO: Readonly<Record<string, string>> = {
  'assumed-context':
    'Commands name a cluster; the platform knows its context. The script takes CTX_CLUSTER1 … from the environment.',
  'step-elsewhere':
    'mesh-harness certs makes the root and the intermediates, as a step of its own before all others.',
  'namespace-elsewhere': 'Create the namespace first.',
  'unused-mesh-networks': 'Keep it, as the guide has it.',
  'assumed-folder':
    'The script looks for samples/ before it begins; the embedded tools bring the samples along.',
  'address-not-awaited': 'Ask until there is an address; fail if there is none after three minutes.',
  'address-by-ip-only':
    'Keep the expression; the step that waits for the address then fails, instead of going on with nothing.',
  'config-in-remote': 'Keep it, as a step that may be left out.',
  'wait-by-eye': 'kubectl wait for the Deployment to be available, then list its pods.',
  'repeat-by-hand':
    'Ten requests in a step; the verification judges 300 from each cluster by the binomial distribution.',
};

/** What no rule can know: it takes knowledge of who signs certificates in a release, which no text shows. */
const BY_HAND: readonly Erratum[] = [
  {
    id: 'trust-in-remotes',
    guideLine:
      'A multicluster service mesh deployment requires that you establish trust between all clusters …',
    lines: [60, 65],
    wouldHappen:
      "It reads as if a remote could do without a CA of its own. In 1.8 a remote's own istiod signs its certificates: without cacerts its proxies refuse the primary's istiod.",
    weDo: 'Remotes get their cacerts like primaries.',
  },
];

/** The linter's findings, one for each rule at its first line, and what is kept by hand. */
export const ERRATA: readonly Erratum[] = [
  ...found.findings.map(
    ({ rule, lines, words, wouldHappen, fix }): Erratum => ({
      id: rule,
      guideLine: words,
      lines: [lines[0] ?? 1, lines[0] ?? 1],
      wouldHappen,
      weDo: WE_DO[rule] ?? fix ?? '',
    }),
  ),
  ...BY_HAND,
];
