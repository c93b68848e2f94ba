/**
 * Mistakes that people make in guides, each put into a page that has none: the mended fixture. All were
 * written before the rules were looked at. Of the thirty, the first run found 25 on their line and two on
 * another (what one of several tabs lacks); three were missed: a namespace left out, of a Service and of a
 * Deployment, and a line that is not continued. Rules were made for these afterwards.
 */

export interface Mutation {
  readonly name: string;
  /** What is replaced, and by what; the text stands in the page that often. */
  readonly edit: readonly [find: string, put: string];
  /** Which of the places is changed, from 1; the first if absent. */
  readonly nth?: number;
  /** A part of the line where it must be found, and which line with that part it is after the change. */
  readonly line: readonly [part: string, nth?: number];
  /** The rule that must find it. */
  readonly rule: string;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a single quote is not closed',
    edit: ["ingress[0].hostname}')", 'ingress[0].hostname})'],
    line: ["-o jsonpath='{.status"],
    rule: 'shell-error',
  },
  {
    name: 'a double quote is not closed',
    edit: ['metadata.name}\')" \\', "metadata.name}') \\"],
    line: ['"$(kubectl get pod'],
    rule: 'shell-error',
  },
  {
    name: 'a flag of kubectl is misspelt',
    edit: ['$ kubectl label --context=', '$ kubectl label --contxt='],
    nth: 2,
    line: ['--contxt'],
    rule: 'unknown-argument',
  },
  {
    name: 'a flag of istioctl that a later release brings',
    edit: ['-y -f cluster2.yaml', '-y --verify -f cluster2.yaml'],
    line: ['--verify'],
    rule: 'unknown-argument',
  },
  {
    name: 'a variable is called otherwise where it is used',
    edit: [
      '$ kubectl create --context=${CTX_CLUSTER2} namespace sample',
      '$ kubectl create --context=${CTX_CLUSTER_2} namespace sample',
    ],
    line: ['CTX_CLUSTER_2'],
    rule: 'unset-variable',
  },
  {
    name: 'a variable is called otherwise where it is set',
    edit: ['$ export DISCOVERY_ADDRESS=', '$ export DISCOVERY_ADDR='],
    line: ['remotePilotAddress: ${DISCOVERY_ADDRESS}'],
    rule: 'unset-variable',
  },
  {
    name: 'variables of a script are set, but not exported',
    edit: [
      '$ samples/multicluster/gen-eastwest-gateway.sh \\\n' +
        '    --mesh mesh1 --cluster cluster1 --network network1 | \\',
      '$ MESH=mesh1\n' +
        '$ CLUSTER=cluster1\n' +
        '$ NETWORK=network1\n' +
        '$ samples/multicluster/gen-eastwest-gateway.sh | \\',
    ],
    line: ['$ samples/multicluster/gen-eastwest-gateway.sh | \\'],
    rule: 'script-lacks-value',
  },
  {
    name: 'a namespace is used and never made',
    edit: ['$ kubectl create --context=${CTX_CLUSTER2} namespace sample\n', ''],
    line: ['$ kubectl label --context=${CTX_CLUSTER2} namespace sample'],
    rule: 'namespace-too-early',
  },
  {
    name: 'the namespace of a Service is left out',
    edit: ['    -n istio-system get svc istio-eastwestgateway \\', '    get svc istio-eastwestgateway \\'],
    line: ['    get svc istio-eastwestgateway'],
    rule: 'other-namespace',
  },
  {
    name: 'the namespace of a Deployment is left out',
    edit: ['-l version=v2 -n sample', '-l version=v2'],
    line: ['-l version=v2'],
    rule: 'other-namespace',
  },
  {
    name: 'a remote secret goes into the cluster that it describes',
    edit: [
      '--name=cluster2 | \\\n    kubectl apply -f - --context=${CTX_CLUSTER1}',
      '--name=cluster2 | \\\n    kubectl apply -f - --context=${CTX_CLUSTER2}',
    ],
    line: ['kubectl apply -f - --context=${CTX_CLUSTER2}', 2],
    rule: 'swapped-contexts',
  },
  {
    name: 'the file of a cluster is installed in the other',
    edit: [
      '$ istioctl install --context=${CTX_CLUSTER2} -y -f cluster2.yaml',
      '$ istioctl install --context=${CTX_CLUSTER1} -y -f cluster2.yaml',
    ],
    line: ['--context=${CTX_CLUSTER1} -y -f cluster2.yaml'],
    rule: 'swapped-contexts',
  },
  {
    name: 'a here-document has no end',
    edit: ['      network: network1\nEOF\n', '      network: network1\n'],
    line: ['cat <<EOF > ./cluster1.yaml'],
    rule: 'shell-error',
  },
  {
    name: 'a line of YAML is indented by one blank less',
    edit: ['      network: network2\n      remotePilot', '     network: network2\n      remotePilot'],
    line: ['     network: network2', 2],
    rule: 'broken-yaml',
  },
  {
    name: 'a file stands beside -f -',
    edit: ['-y -f cluster1.yaml', '-y -f - cluster1.yaml'],
    nth: 2,
    line: ['-f - cluster1.yaml'],
    rule: 'stdin-beside-file',
  },
  {
    name: 'the path of a sample is misspelt',
    edit: ['-f samples/helloworld/helloworld.yaml', '-f samples/helloworld/hello-world.yaml'],
    nth: 3,
    line: ['hello-world.yaml'],
    rule: 'unknown-sample',
  },
  {
    name: 'a sample that a later release brings',
    edit: ['-f samples/sleep/sleep.yaml', '-f samples/curl/curl.yaml'],
    nth: 2,
    line: ['samples/curl/curl.yaml'],
    rule: 'unknown-sample',
  },
  {
    name: 'a link leads to no heading',
    edit: ['(#put-istio-on-the-clusters)', '(#put-istio-on-clusters)'],
    line: ['(#put-istio-on-clusters)'],
    rule: 'dead-link',
  },
  {
    name: 'a step that the sibling tabs have is missing in one',
    edit: [
      '\n' +
        '{{< text bash >}}\n' +
        '$ kubectl apply --context=${CTX_CLUSTER1} -f \\\n' +
        '    samples/multicluster/expose-istiod.yaml\n' +
        '{{< /text >}}\n',
      '',
    ],
    nth: 2,
    line: ['name="Primary-Remote, Multi-Network"'],
    rule: 'incomplete-mesh',
  },
  {
    name: 'one of two remote secrets is missing',
    edit: [
      '{{< text bash >}}\n' +
        '$ istioctl x create-remote-secret \\\n' +
        '    --context=${CTX_CLUSTER1} \\\n' +
        '    --name=cluster1 | \\\n' +
        '    kubectl apply -f - --context=${CTX_CLUSTER2}\n' +
        '{{< /text >}}\n',
      '',
    ],
    line: ['name="Multi-Primary"'],
    rule: 'incomplete-mesh',
  },
  {
    name: 'a name with an upper-case letter',
    edit: ['--name=cluster2', '--name=Cluster2'],
    line: ['--name=Cluster2'],
    rule: 'refused-name',
  },
  {
    name: 'a namespace with an underscore',
    edit: ['namespace sample', 'namespace my_sample'],
    line: ['namespace my_sample'],
    rule: 'refused-name',
  },
  {
    name: 'a column that kubectl does not print',
    edit: ['STATUS    RESTARTS   AGE\nhelloworld-v1', 'STATUS    RESTART    AGE\nhelloworld-v1'],
    line: ['RESTART    AGE'],
    rule: 'impossible-output',
  },
  {
    name: 'an IstioOperator goes to kubectl apply',
    edit: [
      'istioctl install --context=${CTX_CLUSTER2} -y -f -',
      'kubectl apply --context=${CTX_CLUSTER2} -f -',
    ],
    line: ['    kubectl apply --context=${CTX_CLUSTER2} -f -'],
    rule: 'operator-applied',
  },
  {
    name: 'a field is misspelt',
    edit: ['        clusterName: cluster2', '        clustername: cluster2'],
    line: ['clustername: cluster2'],
    rule: 'unknown-field',
  },
  {
    name: 'a selector reaches the Deployments too',
    edit: ['-l service=helloworld -n sample', '-l app=helloworld -n sample'],
    line: ['-l app=helloworld -n sample'],
    rule: 'wide-selector',
  },
  {
    name: 'a line end is not continued',
    edit: [
      '    -f samples/helloworld/helloworld.yaml \\\n    -l version=v1',
      '    -f samples/helloworld/helloworld.yaml\n    -l version=v1',
    ],
    line: ['    -l version=v1'],
    rule: 'lost-continuation',
  },
  {
    name: 'a command is misspelt',
    edit: [
      '$ kubectl apply --context=${CTX_CLUSTER2} \\\n    -f samples/sleep',
      '$ kubectl aply --context=${CTX_CLUSTER2} \\\n    -f samples/sleep',
    ],
    line: ['kubectl aply'],
    rule: 'unknown-argument',
  },
  {
    name: 'an address is read before it exists',
    edit: [
      '$ kubectl --context=${CTX_CLUSTER1} wait -n istio-system svc/istio-eastwestgateway \\\n' +
        "    --for=jsonpath='{.status.loadBalancer.ingress[0]}' --timeout=180s\n",
      '',
    ],
    line: ['$ export DISCOVERY_ADDRESS='],
    rule: 'address-not-awaited',
  },
  {
    name: 'a command that istioctl has elsewhere in this release',
    edit: ['$ istioctl x create-remote-secret', '$ istioctl create-remote-secret'],
    line: ['$ istioctl create-remote-secret'],
    rule: 'unknown-argument',
  },
];

/** Makes the change in a page's text. */
export function mutate(text: string, { name, edit: [find, put], nth = 1 }: Mutation): string {
  let at = -1;
  for (let count = 0; count < nth; count += 1) at = text.indexOf(find, at + 1);
  if (at < 0) throw new Error(`The page has no place for: ${name}.`);
  return text.slice(0, at) + put + text.slice(at + find.length);
}

/** Returns the line, from 1, where the mistake must be found in the changed text. */
export function lineOf(text: string, { name, line: [part, nth = 1] }: Mutation): number {
  const lines = text.split('\n').flatMap((line, index) => (line.includes(part) ? [index + 1] : []));
  const found = lines[nth - 1];
  if (found === undefined) throw new Error(`The changed page has no such line: ${name}.`);
  return found;
}
