/**
 * What is wrong or missing in the guide's page for 1.8: where, what would happen, and what the plan does
 * instead.
 */
import type { Erratum } from '../../step.ts';

export const ERRATA: readonly Erratum[] = [
  {
    id: 'context-names',
    guideLine: '$ export CTX_CLUSTER1=cluster1 …',
    lines: [53, 56],
    wouldHappen:
      'Where contexts are called otherwise (kind makes kind-cluster1), every command ends with: error: context "cluster1" does not exist.',
    weDo: 'Commands name a cluster; the platform knows its context. The script takes CTX_CLUSTER1 … from the environment.',
  },
  {
    id: 'certificates-elsewhere',
    guideLine: 'Follow the [instructions] to generate and push a ca certificate secrets …',
    lines: [68, 71],
    wouldHappen:
      'The page has no commands for it, and the steps go through without: the clusters then trust no one but themselves.',
    weDo: 'mesh-harness certs makes the root and the intermediates, as a step of its own before all others.',
  },
  {
    id: 'namespace-before-cacerts',
    guideLine: '… push a ca certificate secrets to both the CLUSTER1 and CLUSTER2 clusters.',
    lines: [68, 71],
    wouldHappen:
      'The namespace istio-system only comes with the install: Error from server (NotFound): namespaces "istio-system" not found.',
    weDo: 'Create the namespace first.',
  },
  {
    id: 'trust-in-remotes',
    guideLine:
      'A multicluster service mesh deployment requires that you establish trust between all clusters …',
    lines: [60, 65],
    wouldHappen:
      "It reads as if a remote could do without a CA of its own. In 1.8 a remote's own istiod signs its certificates: without cacerts its proxies refuse the primary's istiod.",
    weDo: 'Remotes get their cacerts like primaries.',
  },
  {
    id: 'prompt',
    guideLine: '$ istioctl install --context=… -f cluster1.yaml',
    lines: [133, 133],
    wouldHappen:
      'istioctl asks "Proceed? (y/N)"; without a person to answer it prints Cancelled. and exits with 1.',
    weDo: 'istioctl install -y -f cluster1.yaml',
  },
  {
    id: 'upper-case-names',
    guideLine: '--name=CLUSTER1 … NETWORK1 … MESH1',
    lines: [120, 180],
    wouldHappen:
      'istioctl accepts them, but the API server refuses the Secret istio-remote-secret-CLUSTER1: a name must be lower case.',
    weDo: 'Lower-case names throughout: cluster1, network1, mesh1.',
  },
  {
    id: 'unused-mesh-networks',
    guideLine: 'meshNetworks: … registryServiceName: istio-eastwestgateway.istio-system.svc.cluster.local',
    lines: [124, 131],
    wouldHappen:
      'Nothing. On one network no request goes through a gateway, and in the multi-primary tab the Service named here is never installed; istiod does not mind.',
    weDo: 'Keep it, as the guide has it.',
  },
  {
    id: 'unset-network-variable',
    guideLine: `meshNetworks: … \${NETWORK1}:`,
    lines: [365, 372],
    wouldHappen:
      'The shell replaces the variable, which the guide never sets, by nothing: error converting YAML to JSON: … did not find expected key. Istio is not installed.',
    weDo: "Write the network's name.",
  },
  {
    id: 'gateway-mesh-id',
    guideLine: '$ CLUSTER=CLUSTER1 NETWORK=NETWORK1 samples/multicluster/gen-eastwest-gateway.sh',
    lines: [243, 244],
    wouldHappen:
      'The script of 1.8.0 wants a mesh id too. It complains on standard output, so the complaint is what kubectl gets to read: error validating "STDIN".',
    weDo: 'gen-eastwest-gateway.sh --mesh mesh1 --cluster cluster1 --network network1, its flags in 1.8.0.',
  },
  {
    id: 'gateway-output',
    guideLine: 'samples/multicluster/gen-eastwest-gateway.sh | kubectl apply --context=… -f -',
    lines: [244, 245],
    wouldHappen:
      'Since October 2020 the script prints an IstioOperator. kubectl stores it in namespace default, where no operator reads it; there is no gateway.',
    weDo: '… | istioctl install -y -f -',
  },
  {
    id: 'samples-folder',
    guideLine: 'samples/multicluster/… samples/helloworld/helloworld.yaml',
    lines: [244, 244],
    wouldHappen:
      'The paths are relative to an Istio release, which the page does not say; elsewhere: No such file or directory.',
    weDo: 'The script looks for samples/ before it begins; the embedded tools bring the samples along.',
  },
  {
    id: 'ingress-gateway-wording',
    guideLine: 'Save the address of CLUSTER1’s ingress gateway.',
    lines: [400, 400],
    wouldHappen:
      'Whoever takes the address of istio-ingressgateway at its word finds no istiod behind it: the pods of the remote stay 1/2 ready.',
    weDo: "Save the address of the east-west gateway, as the guide's command does.",
  },
  {
    id: 'address-not-awaited',
    guideLine: "$ export DISCOVERY_ADDRESS=$(kubectl … -o jsonpath='{.status.loadBalancer.ingress[0].ip}')",
    lines: [403, 406],
    wouldHappen:
      'istioctl does not wait for a load balancer. Until it has an address the variable is empty, and the remote silently becomes a primary of its own.',
    weDo: 'Ask until there is an address; fail if there is none after three minutes.',
  },
  {
    id: 'address-ip-only',
    guideLine: "-o jsonpath='{.status.loadBalancer.ingress[0].ip}'",
    lines: [406, 406],
    wouldHappen: 'On a load balancer known by a host name (AWS) the variable stays empty.',
    weDo: 'Keep the expression; the step that waits for the address then fails, instead of going on with nothing.',
  },
  {
    id: 'positional-file',
    guideLine: '$ istioctl install --context=… -f - cluster2.yaml',
    lines: [553, 553],
    wouldHappen: 'Error: accepts 0 arg(s), received 1. Nothing is installed in the remote.',
    weDo: '-f cluster2.yaml',
  },
  {
    id: 'expose-services-in-remotes',
    guideLine: '$ kubectl --context=… apply -n istio-system -f samples/multicluster/expose-services.yaml',
    lines: [565, 568],
    wouldHappen:
      "Nothing. The remote's gateway is configured by the primary's istiod, which reads the primary's copy.",
    weDo: 'Keep it, as a step that may be left out.',
  },
  {
    id: 'remote-secret-order',
    guideLine: 'Enable Endpoint Discovery for CLUSTER2 (after the install of the remote)',
    lines: [427, 437],
    wouldHappen:
      "In 1.8.0 the primary's istiod asks the remote's API server about every proxy. Without the secret the remote's ingress gateway never becomes ready, and istioctl gives up after five minutes.",
    weDo: 'Install the secret before the remote; create-remote-secret makes the service account itself.',
  },
  {
    id: 'helloworld-selector',
    guideLine: '-f samples/helloworld/helloworld.yaml -l app=helloworld -n sample',
    lines: [623, 628],
    wouldHappen:
      'In the samples of 1.8.0 the Deployments have this label too: both versions run in both clusters, answers alternate whether the clusters are joined or not, and the verification proves nothing.',
    weDo: '-l service=helloworld',
  },
  {
    id: 'double-selector',
    guideLine: '-l app=helloworld -l version=v1',
    lines: [636, 638],
    wouldHappen: 'kubectl heeds the last -l only; the right object comes out by luck.',
    weDo: '-l version=v1',
  },
  {
    id: 'unfiltered-pods',
    guideLine: '$ kubectl get pod --context=… -n sample … Wait until the status of helloworld-v1 is Running.',
    lines: [641, 649],
    wouldHappen:
      'It lists every pod of the namespace, and leaves the waiting to the eye. Running is also what a pod shows whose sidecar is not ready (1/2).',
    weDo: 'kubectl wait for the Deployment to be available, then list -l app=helloworld.',
  },
  {
    id: 'curl-progress',
    guideLine: '-- curl helloworld.sample:5000/hello',
    lines: [713, 731],
    wouldHappen: 'curl draws its progress meter into the terminal, through kubectl exec.',
    weDo: 'curl -sS',
  },
  {
    id: 'toggle',
    guideLine:
      'Repeat this request several times and verify that the HelloWorld version should toggle between v1 and v2',
    lines: [716, 717],
    wouldHappen:
      'Each of the two threads of a proxy takes turns by itself, so equal answers follow each other; and one request proves nothing.',
    weDo: 'Ten requests in a step; the verification judges 300 from each cluster by the binomial distribution.',
  },
];
