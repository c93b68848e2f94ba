/** An east-west gateway is no way in for a client without a mesh certificate. */
import type { ClusterName, NetworkName } from '../../../model/names.ts';
import type { Topology } from '../../../model/topology.ts';
import { execIn, isTrouble, pickClientPod } from '../../calling.ts';
import type { Check } from '../../check.ts';
import { gatherFacts } from '../../diagnose/gather-facts.ts';
import { inOrder, type StepIndex } from '../../diagnose/steps.ts';
import { NAMESPACE, SIDECAR } from '../../workloads.ts';
import { SNI } from './gateway-counters.ts';

const GATEWAY_PORT = 15443;
/**
 * curl: TLS handshake failed, empty reply, failure while receiving (the alert "certificate required" of TLS
 * 1.3 comes that late).
 */
const TLS_REFUSALS: ReadonlySet<number> = new Set([35, 52, 56]);

/**
 * Makes the check of the guide's "Expose services": "services can only be accessed by services with a trusted
 * mTLS certificate and workload ID".
 *
 * curl asks without a certificate: once it names the Service as SNI, as a proxy would, so that the workload
 * behind the gateway has to refuse; once by address, so that the gateway itself has to. It runs in the
 * container of a sidecar, whose user is not redirected (1337): in the client's own container, the sidecar
 * would accept every connection, and a gateway that is not there would look like one that refuses.
 */
export function gatewayRefusesStrangers(topology: Topology, steps: StepIndex): Check {
  return {
    id: 'gateway-refuses-strangers',
    sentence: 'The east-west gateways let no TLS client in that has no mesh certificate.',
    level: 'extended',
    run: async context => {
      const facts = await gatherFacts(context);
      const asker = [...facts.clusters.values()].find(
        ({ pods }) => pickClientPod(pods, context.client)?.isReady,
      );
      const pod = asker && pickClientPod(asker.pods, context.client);
      const client = asker && context.clusters.get(asker.spec.name)?.client;
      if (!pod || !client)
        return { outcome: 'failed', found: 'There is no client pod to ask from.', evidence: null };
      const attempts: {
        cluster: ClusterName;
        network: NetworkName;
        as: string;
        curl: string;
        refused: boolean;
      }[] = [];
      for (const { spec, gatewayAddresses } of facts.clusters.values()) {
        for (const address of gatewayAddresses ?? []) {
          for (const [as, target] of [
            [
              'naming the Service',
              ['--resolve', `${SNI}:${GATEWAY_PORT}:${address}`, `https://${SNI}:${GATEWAY_PORT}/hello`],
            ],
            ['by address', [`https://${address}:${GATEWAY_PORT}/hello`]],
          ] as const) {
            const argv = ['curl', '-sS', '-k', '-m', '15', '-o', '/dev/null', ...target];
            const outcome = await execIn(
              client,
              { namespace: NAMESPACE, pod: pod.name, container: SIDECAR },
              argv,
              context,
              60_000,
            );
            const said = isTrouble(outcome)
              ? outcome.trouble
              : outcome.stderr.trim().split('\n')[0] || 'answered';
            const refused = !isTrouble(outcome) && TLS_REFUSALS.has(outcome.exitCode);
            attempts.push({
              cluster: spec.name,
              network: spec.network,
              as,
              curl: said.slice(0, 200),
              refused,
            });
          }
        }
      }
      const silent = topology.networks
        .filter(({ name }) => !attempts.some(({ network }) => network === name))
        .map(({ name }) => `${name} has no gateway with an address`);
      const passed = silent.length === 0 && attempts.every(({ refused }) => refused);
      const found = [...attempts.map(({ cluster, as, curl }) => `${cluster} ${as}: ${curl}`), ...silent].join(
        '; ',
      );
      if (passed) return { outcome: 'passed', found, evidence: attempts };
      return {
        outcome: 'failed',
        found,
        evidence: attempts,
        diagnosis: {
          sentence:
            'A refusal has to be seen: a gateway that cannot be reached proves nothing, and one that answers is open.',
          steps: inOrder(steps.about('expose-services'), steps.about('gateway-install')),
        },
      };
    },
  };
}
