/** The Service's name resolves in each cluster, to the cluster's own Service. */

import type { ApiClient } from '../../../base/api-client.ts';
import type { ClusterSpec } from '../../../model/topology.ts';
import { clientPodIn, execIn, isTrouble, type Trouble } from '../../calling.ts';
import type { Check, CheckContext, CheckFamily, CheckOutcome } from '../../check.ts';
import { at, text } from '../../diagnose/object-fields.ts';
import { inOrder, type StepIndex } from '../../diagnose/steps.ts';
import { PAST_PROXIES } from '../../past-proxies.ts';
import { NAMESPACE, SERVICE, SERVICE_URL } from '../../workloads.ts';
import { inCluster } from '../in-cluster.ts';

/** What curl says of one call: the address that it resolved the name to, or why it could not. */
async function resolveIn(
  context: CheckContext,
  client: ApiClient,
): Promise<{ readonly address: string; readonly said: string } | Trouble> {
  const pod = await clientPodIn(context, client);
  if (isTrouble(pod)) return pod;
  const target = { namespace: NAMESPACE, pod: pod.name, container: context.client };
  const argv = ['curl', '-sSv', ...PAST_PROXIES, '-m', '15', '-o', '/dev/null', SERVICE_URL];
  const outcome = await execIn(client, target, argv, context, 60_000);
  if (isTrouble(outcome)) return outcome;
  // The address is told before anybody takes the connection: whether one does is not asked here.
  const address = /^\*\s+Trying \[?([0-9a-fA-F.:]+?)\]?:\d+\.\.\./m.exec(outcome.stderr)?.[1] ?? '';
  const said = /^curl: .*$/m.exec(outcome.stderr)?.[0] ?? '';
  return { address, said: said.slice(0, 200) };
}

/**
 * Makes the check of the guide's reason to create the Service everywhere: "in order for the DNS lookup to
 * succeed", HelloWorld's Service must exist in each cluster; a cluster's DNS knows its own Services only.
 */
function resolutionIn(spec: ClusterSpec, steps: StepIndex): Check {
  return {
    id: `${spec.name}-resolves-helloworld`,
    sentence:
      `The client in ${spec.name} resolves ${SERVICE}.${NAMESPACE} to the address of ` +
      `the Service of ${spec.name}.`,
    level: 'extended',
    cluster: spec.name,
    run: inCluster(spec.name, async (context, client) => {
      const path = { apiVersion: 'v1', plural: 'services', namespace: NAMESPACE, name: SERVICE };
      const service = await client.find(path, context.signal);
      const own = text(at(service, 'spec', 'clusterIP'));
      const resolved = await resolveIn(context, client);
      const failed = (found: string, sentence: string): CheckOutcome => ({
        outcome: 'failed',
        found,
        evidence: { service: own ?? null, ...(isTrouble(resolved) ? {} : resolved) },
        ...(isTrouble(resolved) && { unproved: true }),
        diagnosis: {
          cause: service ? 'name-server-silent' : 'service-missing',
          sentence,
          steps: inOrder(
            steps.about('service', spec.name),
            steps.about('sample-namespace', spec.name),
            steps.about('client', spec.name),
          ),
        },
      });
      if (isTrouble(resolved)) return failed(resolved.trouble, 'There is no client to ask from.');
      if (own === undefined) {
        const what = resolved.address === '' ? resolved.said : `the name resolves to ${resolved.address}`;
        return failed(
          `${spec.name} has no Service ${SERVICE}; ${what}`,
          `The cluster DNS of ${spec.name} knows its own Services only: without one the name ` +
            'is unknown there.',
        );
      }
      if (resolved.address === '')
        return failed(
          `${SERVICE}.${NAMESPACE} is not resolved: ${resolved.said}`,
          `The Service is there, so that it is the cluster DNS of ${spec.name} that does not answer.`,
        );
      if (resolved.address !== own)
        return failed(
          `${SERVICE}.${NAMESPACE} resolves to ${resolved.address}, and the Service of ` +
            `${spec.name} has ${own}`,
          `Something other than the cluster DNS of ${spec.name} answers for this name.`,
        );
      return {
        outcome: 'passed',
        found: `${SERVICE}.${NAMESPACE} resolves to ${own}, the Service of ${spec.name}`,
        evidence: { service: own, ...resolved },
      };
    }),
  };
}

/** The claim about the Service in each cluster. */
export const resolvesHelloWorld: CheckFamily = {
  id: 'CLUSTER-resolves-helloworld',
  claim: 'The client resolves the name of HelloWorld to the Service of its own cluster.',
  level: 'extended',
  guide: 'Deploy the HelloWorld Service',
  appliesTo: 'each cluster with a client',
  evidence: 'the address that curl tries, and that of the Service',
  checksOf: ({ clusters }, steps) =>
    clusters.filter(({ client }) => client).map(spec => resolutionIn(spec, steps)),
};
