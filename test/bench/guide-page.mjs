// A page of a guide as long as one wants, like a guide of istio.io in its parts: prose with links and shortcodes,
// tabs, lists, blocks of commands, here-documents and output.

const block = (language, ...lines) => [`{{< text ${language} >}}`, ...lines, '{{< /text >}}', ''];

const prose = (number, cluster) => [
  `### Step ${number} in ${cluster}`,
  '',
  `Here \`${cluster}\` gets what step ${number} is about, in a {{< gloss >}}service mesh{{< /gloss >}} that`,
  'others share. Look up [what is supported](/docs/setup/platform-setup) before you go on, and what it',
  'means for [your *own* network](https://example.com/networks#own), where **some** things differ.',
  '',
  '{{< tip >}}',
  'Nothing in this step is needed twice. If you come back to it, what is there stays as it was.',
  '{{< /tip >}}',
  '',
  '-   A first thing to know, with `code` in it and',
  '    a second line',
  '-   A second one, with a [link](#step-1-in-cluster1)',
  '',
];

const install = (cluster, network, number) =>
  block(
    'bash',
    `$ cat <<EOF > ./${cluster}-${number}.yaml`,
    'apiVersion: install.istio.io/v1alpha1',
    'kind: IstioOperator',
    'spec:',
    '  values:',
    '    global:',
    '      meshID: mesh1',
    '      multiCluster:',
    `        clusterName: ${cluster}`,
    `      network: ${network}`,
    'EOF',
    `$ istioctl install --context="\${CTX_CLUSTER1}" -f ${cluster}-${number}.yaml`,
  );

const workload = (cluster, number) => [
  ...block(
    'bash',
    `$ kubectl create --context="\${CTX_CLUSTER1}" namespace sample-${number}`,
    `$ kubectl label --context="\${CTX_CLUSTER1}" namespace sample-${number} \\`,
    '    istio-injection=enabled',
    `$ kubectl apply --context="\${CTX_CLUSTER1}" \\`,
    `    -f samples/helloworld/helloworld.yaml -l version=v1 -n sample-${number}`,
  ),
  `Wait until the pod in \`${cluster}\` is ready:`,
  '',
  ...block(
    'bash',
    `$ kubectl get pod --context="\${CTX_CLUSTER1}" -n sample-${number}`,
    'NAME                            READY     STATUS    RESTARTS   AGE',
    'helloworld-v1-86f77cd7bd-cpxhv  2/2       Running   0          40s',
  ),
];

const section = number => [
  '{{< tabset category-name="how" >}}',
  '',
  ...['cluster1', 'cluster2'].flatMap((cluster, index) => [
    `{{< tab name="${cluster}" category-value="${cluster}" >}}`,
    '',
    ...prose(number, cluster),
    ...install(cluster, `network${index + 1}`, number),
    ...workload(cluster, number),
    '{{< /tab >}}',
    '',
  ]),
  '{{< /tabset >}}',
  '',
];

/** Writes a page of at least so many lines. */
export function guidePage(lines) {
  const page = ['---', 'title: A long page', 'test: yes', '---', '', '## All steps', ''];
  page.push(...block('bash', '$ export CTX_CLUSTER1=cluster1'));
  for (let number = 1; page.length < lines; number += 1) page.push(...section(number));
  return `${page.join('\n')}\n`;
}
