/** The errors and gaps of today's pages: the place, the consequence, and what the plan does instead. */
import type { Erratum } from '../../step.ts';

export const ERRATA: readonly Erratum[] = [
  {
    id: 'context-names',
    guideLine: '$ export CTX_CLUSTER1=cluster1 …',
    wouldHappen:
      'Where contexts are called otherwise (kind makes kind-cluster1), every command ends with: error: context "cluster1" does not exist.',
    weDo: 'Commands name a cluster; the platform knows its context. The script takes CTX_CLUSTER1 … from the environment.',
  },
  {
    id: 'certificates-elsewhere',
    guideLine: 'Follow the [instructions] to generate and push a CA certificate secret …',
    wouldHappen:
      'The page has no commands for it, and the steps go through without: the clusters then trust no one but themselves.',
    weDo: 'mesh-harness certs makes the root and the intermediates; the namespace istio-system is created before the secret.',
  },
  {
    id: 'trust-in-remotes',
    guideLine: '… to both the cluster1 and cluster2 clusters.',
    wouldHappen:
      "Nothing. A remote has no istiod that would read its cacerts; the primary's istiod signs for its proxies.",
    weDo: 'Primaries alone get cacerts, and only where there are several.',
  },
  {
    id: 'namespace-condition',
    guideLine: '$ kubectl … get namespace istio-system && kubectl … label namespace istio-system …',
    wouldHappen:
      'Whether the label is set depends on what happened before: in a fresh cluster the command does nothing, and exits with 1.',
    weDo: 'Create the namespace, then label it.',
  },
  {
    id: 'prompt',
    guideLine: '$ istioctl install --context=… -f cluster1.yaml',
    wouldHappen:
      'istioctl asks "Proceed? (y/N)"; without a person to answer it prints Cancelled. and exits with 1.',
    weDo: 'istioctl install -y -f cluster1.yaml',
  },
  {
    id: 'address-not-awaited',
    guideLine: 'Wait for the east-west gateway to be assigned an external IP address: kubectl … get svc …',
    wouldHappen:
      'The waiting is left to the eye. If DISCOVERY_ADDRESS is saved too early it is empty; the install reports success, and no pod can be created in the remote.',
    weDo: 'Ask until there is an address; fail if there is none after three minutes.',
  },
  {
    id: 'address-ip-only',
    guideLine: "-o jsonpath='{.status.loadBalancer.ingress[0].ip}'",
    wouldHappen: 'On a load balancer known by a host name (AWS) the variable stays empty.',
    weDo: 'Keep the expression; the step that waits for the address then fails, instead of going on with nothing.',
  },
  {
    id: 'running-is-not-ready',
    guideLine: 'Wait until the status of helloworld-v1 is Running.',
    wouldHappen: 'Running is also what a pod shows whose sidecar is not ready (1/2).',
    weDo: 'kubectl wait for the Deployment to be available.',
  },
  {
    id: 'toggle',
    guideLine:
      'Repeat this request several times and verify that the HelloWorld version should toggle between v1 and v2',
    wouldHappen:
      'A proxy picks by chance among idle endpoints, so equal answers follow each other; and one request proves nothing.',
    weDo: 'Ten requests in a step; the verification judges 300 from each cluster by the binomial distribution.',
  },
];
