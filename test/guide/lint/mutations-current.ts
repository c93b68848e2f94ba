/**
 * A second set of mistakes, put into the fixture for today's release, written when the rules for the first
 * set stood. The first run found ten of the twenty; rules were made for the others afterwards.
 */
import type { Mutation } from './mutations.ts';

export const MUTATIONS_CURRENT: readonly Mutation[] = [
  {
    name: 'a field is misspelt',
    edit: ['      externalIstiod: true', '      externalIstio: true'],
    line: ['externalIstio: true'],
    rule: 'unknown-field',
  },
  {
    name: 'a profile that there is not',
    edit: ['  profile: remote', '  profile: remot'],
    line: ['  profile: remot'],
    rule: 'unknown-profile',
  },
  {
    name: 'a path of injection with another network',
    edit: [
      'injectionPath: /inject/cluster/cluster2/net/network1',
      'injectionPath: /inject/cluster/cluster2/net/network2',
    ],
    line: ['net/network2'],
    rule: 'unknown-name',
  },
  {
    name: 'a remote is led by itself',
    edit: ['controlPlaneClusters=cluster1', 'controlPlaneClusters=cluster2'],
    line: ['controlPlaneClusters=cluster2'],
    rule: 'unknown-name',
  },
  {
    name: 'the flag of another tool',
    edit: [
      '--create-namespace --set global.externalIstiod=true --kube-context',
      '--create-namespace --set global.externalIstiod=true --context',
    ],
    line: ['=true --context'],
    rule: 'unknown-argument',
  },
  {
    name: 'a command where an older release has it',
    edit: ['$ istioctl create-remote-secret', '$ istioctl x create-remote-secret'],
    line: ['$ istioctl x create-remote-secret'],
    rule: 'unknown-argument',
  },
  {
    name: 'another ending of a sample',
    edit: ['samples/curl/curl.yaml', 'samples/curl/curl.yml'],
    line: ['curl.yml'],
    rule: 'unknown-sample',
  },
  {
    name: 'the namespace of a wait is left out',
    edit: ['deployment/helloworld-v2 -n sample', 'deployment/helloworld-v2'],
    line: ['deployment/helloworld-v2 --timeout'],
    rule: 'other-namespace',
  },
  {
    name: 'a container that the pod does not have',
    edit: ['-n sample -c curl', '-n sample -c sleep'],
    line: ['-n sample -c sleep'],
    rule: 'no-such-pod',
  },
  {
    name: 'a selector that matches nothing of the guide',
    edit: ['app=curl -o', 'app=sleep -o'],
    line: ['app=sleep -o'],
    rule: 'no-such-pod',
  },
  {
    name: 'a namespace is used before it is made',
    edit: ['$ kubectl --context="${CTX_CLUSTER2}" create namespace istio-system\n', ''],
    line: ['annotate namespace istio-system'],
    rule: 'namespace-too-early',
  },
  {
    name: 'a here-document has no end',
    edit: ['      externalIstiod: true\nEOF\n', '      externalIstiod: true\n'],
    line: ['cat <<EOF > cluster1.yaml'],
    rule: 'shell-error',
  },
  {
    name: 'a tab is never closed',
    edit: ['{{< /tab >}}\n\n{{< /tabset >}}\n\n## A gateway', '{{< /tabset >}}\n\n## A gateway'],
    line: ['name="Helm"'],
    rule: 'page-problem',
  },
  {
    name: 'a namespace that the guide has not made is deleted',
    edit: [
      '$ kubectl delete ns sample --context="${CTX_CLUSTER2}"',
      '$ kubectl delete ns samples --context="${CTX_CLUSTER2}"',
    ],
    line: ['delete ns samples'],
    rule: 'misspelt-namespace',
  },
  {
    name: 'a condition that a Deployment never has',
    edit: ['--for=condition=Available deployment/curl', '--for=condition=Ready deployment/curl'],
    line: ['--for=condition=Ready'],
    rule: 'endless-wait',
  },
  {
    name: 'a brace of a jsonpath is missing',
    edit: ["jsonpath='{.items[0].metadata.name}'", "jsonpath='{.items[0].metadata.name'"],
    line: ["metadata.name'"],
    rule: 'open-jsonpath',
  },
  {
    name: 'the end of a here-document is quoted, and its variable stays as it is',
    edit: ['$ cat <<EOF > cluster2.yaml', "$ cat <<'EOF' > cluster2.yaml"],
    line: ['remotePilotAddress: ${DISCOVERY_ADDRESS}'],
    rule: 'literal-variable',
  },
  {
    name: 'a label with a value that nothing heeds',
    edit: ['istio-injection=enabled', 'istio-injection=enable'],
    line: ['istio-injection=enable'],
    rule: 'unheeded-label',
  },
  {
    name: 'a sample goes into another namespace',
    edit: ['@samples/curl/curl.yaml@ -n sample', '@samples/curl/curl.yaml@'],
    line: ['samples/curl/curl.yaml@'],
    rule: 'other-namespace',
  },
  {
    name: 'a release that was not installed is deleted',
    edit: [
      '$ helm delete istiod -n istio-system --kube-context "${CTX_CLUSTER2}"',
      '$ helm delete istiod-remote -n istio-system --kube-context "${CTX_CLUSTER2}"',
    ],
    line: ['helm delete istiod-remote'],
    rule: 'unknown-release',
  },
];
