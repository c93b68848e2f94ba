/** "Verify the Installation", with Sleep as the client. */
import type { VerifyText } from '../../verification.ts';

/** Section, lines on the first cluster, lines on the others. */
type Row = readonly [string, readonly [number, number], readonly [number, number]];
const SERVICE = 'Deploy the HelloWorld Service';
const ROWS: Readonly<Record<string, Row>> = {
  namespace: [SERVICE, [604, 609], [604, 609]],
  injection: [SERVICE, [611, 618], [611, 618]],
  service: [SERVICE, [620, 629], [620, 629]],
  'deploy v1': ['Deploy HelloWorld v1', [633, 639], [633, 639]],
  'wait v1': ['Deploy HelloWorld v1', [641, 649], [641, 649]],
  'deploy v2': ['Deploy HelloWorld v2', [653, 659], [653, 659]],
  'wait v2': ['Deploy HelloWorld v2', [661, 669], [661, 669]],
  client: ['Deploy Sleep', [673, 680], [673, 680]],
  call: ['Verifying Cross-Cluster Traffic', [682, 723], [691, 741]],
};

export const VERIFY: VerifyText = {
  client: 'sleep',
  passage(subject, isFirst, version) {
    const row = ROWS[version === undefined ? subject : `${subject} ${version}`];
    if (!row) throw new Error(`The guide says nothing on ${subject} ${version ?? ''}.`);
    const [section, first, others] = row;
    return { section, lines: isFirst ? first : others };
  },
  errata: {
    namespace: [],
    injection: [],
    service: ['wide-selector', 'assumed-folder'],
    deploy: ['repeated-flag'],
    wait: ['wait-by-eye'],
    client: [],
    call: ['progress-meter', 'repeat-by-hand'],
  },
  // Injection is local in 1.8, in remotes too: the install before the namespace is all it takes.
  injectionNeeds: () => [],
  // The guide of 1.8 waits for no gateway.
  entryWaits: () => [],
};
