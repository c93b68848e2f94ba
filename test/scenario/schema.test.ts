import yaml from 'js-yaml';
import t from 'tap';
import { overlaps } from '../../harness/base/ipv4.ts';
import { placeLabels } from '../../harness/base/place-labels.ts';
import {
  defaultNetworkRange,
  defaultPodRange,
  defaultServiceRange,
  readRange,
} from '../../harness/scenario/ranges.ts';
import { readScenario } from '../../harness/scenario/read-scenario.ts';

const read = (text: string) => readScenario('my-mesh', yaml.load(text));
const problemsOf = (text: string) => {
  const result = read(text);
  return 'problems' in result ? result.problems : [];
};

const NETWORKS = 'networks: [{name: network1}, {name: network2}]';
const clusters = (...lines: string[]) =>
  `${NETWORKS}\nclusters:\n${lines.map(line => `  - {${line}}\n`).join('')}`;
const ONE = 'name: cluster1, network: network1, role: primary';
const TWO = 'name: cluster2, network: network2, role: primary';

const TABLE: readonly {
  readonly name: string;
  readonly text: string;
  readonly problems: readonly (string | RegExp)[];
}[] = [
  { name: 'a list instead of a mapping', text: '- a', problems: ['file: should be a mapping, is a list'] },
  { name: 'an empty mapping', text: '{}', problems: ['networks: is missing', 'clusters: is missing'] },
  {
    name: 'no clusters',
    text: `${NETWORKS}\nclusters: []`,
    problems: ['clusters: is empty', /networks\[0\]: no cluster/, /networks\[1\]: no cluster/],
  },
  {
    name: 'unknown keys on every level',
    text: `${clusters(ONE, `${TWO}, netwrok: x, workloads: {sleep: true}`)}\nmesh: a\nverify: {request: 1}`,
    problems: [
      'clusters[1].workloads.sleep: unknown key; known here: helloWorld, client',
      'clusters[1].netwrok: unknown key; known here: name, network, role, controlPlane, podRange, serviceRange, nodes, region, zone, workloads',
      'verify.request: unknown key; known here: requests, risk',
      'mesh: unknown key; known here: description, meshID, networks, clusters, verify',
    ],
  },
  {
    name: 'an unknown network',
    text: clusters(ONE, TWO, 'name: cluster3, network: network3, role: primary'),
    problems: ['clusters[2].network: there is no network "network3"; networks here: network1, network2'],
  },
  {
    name: 'a network without clusters',
    text: clusters(ONE),
    problems: ['networks[1]: no cluster is on network "network2"'],
  },
  {
    name: 'duplicate names',
    text: `networks: [{name: network1}, {name: network1}]\nclusters:\n  - {${ONE}}\n  - {${ONE}}`,
    problems: [
      'networks[1].name: another network is called "network1" (networks[0].name)',
      'clusters[1].name: another cluster is called "cluster1" (clusters[0].name)',
    ],
  },
  {
    name: "the guide's upper-case names",
    text: clusters('name: CLUSTER1, network: network1, role: primary', TWO),
    problems: [/clusters\[0\].name: "CLUSTER1" is no DNS-1123 label/],
  },
  {
    name: 'names that YAML takes for something else',
    text: clusters(
      'name: "12", network: network1, role: primary',
      TWO,
      'name: "no", network: network2, role: primary',
    ),
    problems: [/clusters\[0\].name: YAML reads 12/, /clusters\[2\].name: YAML reads no/],
  },
  {
    name: 'a number for a name',
    text: clusters('name: 12, network: network1, role: primary', TWO),
    problems: ['clusters[0].name: should be a text, is the number 12'],
  },
  {
    name: 'a dangling control plane',
    text: clusters(ONE, 'name: cluster2, network: network2, role: remote, controlPlane: cluster9'),
    problems: ['clusters[1].controlPlane: there is no cluster "cluster9"; primaries here: cluster1'],
  },
  {
    name: 'a remote that names no control plane',
    text: clusters(ONE, 'name: cluster2, network: network2, role: remote'),
    problems: ['clusters[1].controlPlane: is missing; a remote names the primary that serves it: cluster1'],
  },
  {
    name: 'a remote of a remote',
    text: clusters(
      ONE,
      'name: cluster2, network: network2, role: remote, controlPlane: cluster1',
      'name: cluster3, network: network2, role: remote, controlPlane: cluster2',
    ),
    problems: ['clusters[2].controlPlane: "cluster2" is a remote itself; primaries here: cluster1'],
  },
  {
    name: 'remotes without a primary',
    text: clusters(
      'name: cluster1, network: network1, role: remote, controlPlane: cluster2',
      'name: cluster2, network: network2, role: remote, controlPlane: cluster1',
    ),
    problems: [
      'clusters: none of them is a primary; a mesh needs one',
      'clusters[0].controlPlane: "cluster2" is a remote itself; primaries here: none',
      'clusters[1].controlPlane: "cluster1" is a remote itself; primaries here: none',
    ],
  },
  {
    name: 'a primary with a control plane',
    text: clusters(ONE, `${TWO}, controlPlane: cluster1`),
    problems: ['clusters[1].controlPlane: a primary is its own control plane; leave it out'],
  },
  {
    name: 'an unknown role',
    text: clusters(ONE, 'name: cluster2, network: network2, role: secondary'),
    problems: ['clusters[1].role: should be primary or remote, is "secondary"'],
  },
  {
    name: 'overlapping ranges, given and by default',
    text: clusters(`${ONE}, podRange: 10.20.0.0/20`, `${TWO}, serviceRange: 172.30.8.0/24`),
    problems: [
      'clusters[1].podRange: 10.20.0.0/16 overlaps 10.20.0.0/20 (clusters[0].podRange)',
      'clusters[1].serviceRange: 172.30.8.0/24 overlaps 172.30.8.0/21 (networks[1].range)',
    ],
  },
  {
    name: 'texts that are no ranges',
    text: clusters(
      `${ONE}, podRange: 10.20.0.1/16`,
      `${TWO}, serviceRange: 10.300.0.0/16, podRange: 10.9.9.0/28`,
    ),
    problems: [
      'clusters[0].podRange: "10.20.0.1/16" does not start at its first address; write it as 10.20.0.0/16',
      'clusters[1].podRange: "10.9.9.0/28" is too small; a /24 is the least',
      'clusters[1].serviceRange: "10.300.0.0/16" is no IPv4 range; write it as 10.10.0.0/16',
    ],
  },
  {
    name: 'ranges that no node can have',
    text: [
      'networks: [{name: network1, range: 127.1.0.0/16}, {name: network2, range: 0.0.0.0/16}]',
      'clusters:',
      `  - {${ONE}, podRange: 224.1.0.0/16, serviceRange: 255.1.0.0/16}`,
      `  - {${TWO}, podRange: 169.254.0.0/16, serviceRange: 128.0.0.0/1}`,
    ].join('\n'),
    problems: [
      'networks[0].range: 127.1.0.0/16 has addresses that no node can have (loopback, 127.0.0.0/8)',
      /^networks\[1\].range: .*\(this network, 0.0.0.0\/8\)/,
      /^clusters\[0\].podRange: .*multicast/,
      /^clusters\[1\].podRange: .*link-local/,
      /^clusters\[0\].serviceRange: .*broadcast/,
      /^clusters\[1\].serviceRange: 128.0.0.0\/1 has/,
    ],
  },
  {
    name: 'nodes out of range',
    text: clusters(`${ONE}, nodes: 0`, `${TWO}, nodes: 11`),
    problems: [
      'clusters[0].nodes: should be more than 0, is the number 0',
      'clusters[1].nodes: should be less than 11, is the number 11',
    ],
  },
  {
    name: 'places that are no values of labels',
    text: clusters(`${ONE}, region: eu/west`, `${TWO}, zone: []`),
    problems: [/^clusters\[0\].region: should be the value of a label/, /^clusters\[1\].zone: /],
  },
  {
    name: 'workloads that make no test',
    text: clusters(
      `${ONE}, workloads: {client: false, helloWorld: []}`,
      `${TWO}, workloads: {client: false, helloWorld: []}`,
    ),
    problems: [
      'clusters: none of them has a client; requests need a source',
      'clusters: none of them has HelloWorld; requests need an answer',
    ],
  },
  {
    name: 'an unknown version, and one twice',
    text: clusters(`${ONE}, workloads: {helloWorld: [v3]}`, `${TWO}, workloads: {helloWorld: [v1, v1]}`),
    problems: [
      'clusters[0].workloads.helloWorld[0]: should be v1 or v2, is "v3"',
      'clusters[1].workloads.helloWorld: names a version twice',
    ],
  },
  {
    name: 'versions that are in one cluster together',
    text: clusters(`${ONE}, workloads: {helloWorld: [v1, v2]}`, `${TWO}, workloads: {helloWorld: []}`),
    problems: [
      /^clusters\[0\].workloads.helloWorld: the file puts v1 and v2 into clusters\[0\] together, so that/,
    ],
  },
  {
    name: 'a version that is everywhere',
    text: clusters(ONE, `${TWO}, workloads: {helloWorld: [v1]}`),
    problems: [
      /^clusters: the file has v1 only, in every cluster, so that no answer shows that a call crossed/,
    ],
  },
  {
    name: 'the only HelloWorld beside the only client',
    text: clusters(ONE, `${TWO}, workloads: {helloWorld: [], client: false}`),
    problems: [/^clusters: the file has HelloWorld and clients in clusters\[0\] only/],
  },
  {
    name: 'figures out of range',
    text: `${clusters(ONE, TWO)}\nverify: {requests: 0, risk: 0.5}`,
    problems: [
      'verify.requests: should be more than 0, is the number 0',
      'verify.risk: should be less than 0.5, is the number 0.5',
    ],
  },
  {
    name: 'a mesh id with a blank',
    text: `${clusters(ONE, TWO)}\nmeshID: my mesh`,
    problems: [/meshID: "my mesh" should be/],
  },
  {
    name: 'problems of shape and of sense at once',
    text: clusters(
      'name: cluster1, network: network1, role: primary, nodes: many',
      'name: cluster1, network: nowhere, role: remote',
    ),
    problems: [
      'clusters[0].nodes: should be a number, is "many"',
      /clusters\[1\].name: another cluster/,
      /clusters\[1\].network: there is no network/,
      /networks\[1\]: no cluster/,
      /clusters\[1\].controlPlane: is missing/,
    ],
  },
  {
    name: 'a group with keys of a single one, and the other way round',
    text: [
      'networks: {count: 2, range: 172.30.0.0/21}',
      'clusters:',
      '  - {count: 2, network: "network{n}", role: primary, podRange: 10.10.0.0/16}',
      '  - {name: single, network: [network1], role: primary, cuont: 3}',
    ].join('\n'),
    problems: [
      'networks.range: unknown key; known here: count, name',
      'clusters[0].podRange: unknown key; known here: count, name, network, role, controlPlane, nodes, region, zone, workloads',
      'clusters[1].network: should be a text, is a list',
      /^clusters\[1\].cuont: unknown key; known here: name, network, role/,
    ],
  },
  {
    name: 'a group in place of the list that says too little',
    text: 'networks: [{name: network1}]\nclusters: {name: "c{n}", network: network1, role: primary}',
    problems: ['clusters.count: is missing'],
  },
  {
    name: 'numbers of a group out of range',
    text: `${NETWORKS}\nclusters: [{count: 0, network: network1, role: primary}, {count: many, network: {}, role: primary}, {count: 241, network: 1, role: primary}]`,
    problems: [
      'clusters[0].count: should be more than 0, is the number 0',
      'clusters[1].count: should be a number, is "many"',
      'clusters[1].network: should be a name, or a list of names, which are taken by turns',
      'clusters[2].count: should be less than 241, is the number 241',
      'clusters[2].network: should be a name, or a list of names, which are taken by turns',
    ],
  },
  {
    name: 'a number of a group that is none at all',
    text: 'networks: {count: {toString: ""}}\nclusters: {count: [2], network: network1, role: primary}',
    problems: [
      'networks.count: should be a number, is a mapping',
      'clusters.count: should be a number, is a list',
    ],
  },
  {
    name: 'groups that are too many together',
    text: `networks: [{count: 60}, {count: 5}]\nclusters: [{count: 200, network: network1, role: primary}, {count: 41, network: network1, role: primary}]`,
    problems: ['networks: are 65 together; 64 are possible', 'clusters: are 241 together; 240 are possible'],
  },
  {
    name: 'a name for all of a group',
    text: `${NETWORKS}\nclusters: {count: 2, name: east, network: [network1, network2], role: primary}`,
    problems: [
      'clusters.name: "east" is a name for one; write {n} where the number is to be: east{n}',
      'clusters.name: another cluster is called "east" (clusters.name)',
    ],
  },
  {
    name: 'what a group has wrong, once for all of its clusters',
    text: [
      'networks: {count: 1}',
      'clusters:',
      '  - {count: 2, name: "p{n}", network: network1, role: primary}',
      '  - {count: 40, name: "r{n}", network: nowhere, role: remote, controlPlane: [p1, p9]}',
      '  - {count: 3, name: "P{n}", network: network1, role: primary, workloads: {helloWorld: [v1, v1]}}',
    ].join('\n'),
    problems: [
      ...['P1', 'P2', 'P3'].map(name => new RegExp(`^clusters\\[2\\].name: "${name}" is no DNS-1123 label`)),
      'clusters[1].network: there is no network "nowhere"; networks here: network1',
      'clusters[1].controlPlane: there is no cluster "p9"; primaries here: p1, p2, P1, P2, P3',
      'clusters[2].workloads.helloWorld: names a version twice',
    ],
  },
  {
    name: 'a version that a group has everywhere',
    text: 'networks: {count: 1}\nclusters: {count: 3, network: network1, role: primary, workloads: {helloWorld: [v1, v2]}}',
    problems: [
      /^clusters.workloads.helloWorld: the file puts v1 and v2 into cluster1 \(clusters\) together, so that/,
    ],
  },
];

t.test('every problem is told with its path, all at once', async t => {
  for (const { name, text, problems } of TABLE) {
    const found = problemsOf(text);
    t.equal(found.length, problems.length, `${name}: as many as there are`);
    for (const [index, expected] of problems.entries()) t.match(found[index], expected, name);
  }
});

t.test('a placement from whose answers something follows is taken', async t => {
  const THREE = 'name: cluster3, network: network1, role: primary';
  for (const text of [
    clusters(ONE, TWO, THREE),
    clusters(ONE, `${TWO}, workloads: {helloWorld: []}`),
    clusters(ONE, TWO, `${THREE}, workloads: {helloWorld: [v2]}`),
    clusters(`${ONE}, workloads: {client: false}`, `${TWO}, workloads: {helloWorld: []}`),
    `networks: [{name: network1}]\nclusters: [{${ONE}}]`,
  ])
    t.same(problemsOf(text), [], text);
});

t.test('what a scenario leaves out is filled in', async t => {
  const result = read(
    clusters(ONE, TWO, 'name: cluster3, network: network1, role: remote, controlPlane: cluster1'),
  );
  t.match(result, {
    scenario: {
      topology: {
        name: 'my-mesh',
        meshId: 'mesh1',
        networks: [
          { name: 'network1', range: '172.30.0.0/21' },
          { name: 'network2', range: '172.30.8.0/21' },
        ],
        clusters: [
          {
            podRange: '10.10.0.0/16',
            serviceRange: '10.255.10.0/24',
            nodes: 1,
            helloWorld: ['v1'],
            client: true,
          },
          { podRange: '10.20.0.0/16', serviceRange: '10.255.20.0/24', helloWorld: ['v2'] },
          {
            role: { kind: 'remote', controlPlane: 'cluster1' },
            podRange: '10.30.0.0/16',
            helloWorld: ['v1'],
          },
        ],
      },
      verify: {},
    },
  });
});

t.test('a hundred clusters on fifty networks get ranges that do not overlap', async t => {
  const texts = [
    ...Array.from({ length: 100 }, (_, index) => [defaultPodRange(index), defaultServiceRange(index)]).flat(),
    ...Array.from({ length: 50 }, (_, index) => defaultNetworkRange(index)),
  ];
  const ranges = texts.map(text => {
    const range = readRange(text);
    if (typeof range === 'string') throw new Error(range);
    return range;
  });
  const clashes = ranges.flatMap((one, index) =>
    ranges
      .slice(index + 1)
      .flatMap((other, offset) => (overlaps(one, other) ? [[texts[index], texts[index + 1 + offset]]] : [])),
  );
  t.same(clashes, []);
});

const topologyOf = (text: string) => {
  const result = read(text);
  if ('problems' in result) throw new Error(result.problems.join('\n'));
  return result.scenario.topology;
};

t.test('a group stands for as many clusters as it says, as if each stood there', t => {
  const group = topologyOf(
    'networks: [{name: network1}]\nclusters: {count: 3, network: network1, role: primary}',
  );
  const names = ['cluster1', 'cluster2', 'cluster3'];
  const single = names.map(name => `{name: ${name}, network: network1, role: primary}`);
  t.same(group, topologyOf(`networks: [{name: network1}]\nclusters: [${single.join(', ')}]`));
  t.end();
});

t.test('groups count their names on, and take networks and control planes by turns', t => {
  const { networks, clusters } = topologyOf(`
networks:
  - {count: 2, name: "net{n}"}
  - {name: edge}
clusters:
  - {count: 2, name: "primary{n}", network: "net{n}", role: primary, nodes: 2}
  - {name: alone, network: edge, role: primary, podRange: 10.9.0.0/16}
  - {count: 3, network: [edge, net1], role: remote, controlPlane: "primary{n}"}
  - {count: 2, network: net2, role: remote, controlPlane: [alone, primary2], workloads: {client: false}}
`);
  t.same(
    networks.map(({ name }) => name),
    ['net1', 'net2', 'edge'],
  );
  t.same(
    clusters.map(({ name, network, role, nodes, helloWorld, client }) =>
      [name, network, role.kind === 'remote' ? role.controlPlane : '-', nodes, ...helloWorld, client].join(
        ' ',
      ),
    ),
    [
      'primary1 net1 - 2 v1 true',
      'primary2 net2 - 2 v2 true',
      'alone edge - 1 v1 true',
      'cluster1 edge primary1 1 v2 true',
      'cluster2 net1 primary2 1 v1 true',
      'cluster3 edge primary1 1 v2 true',
      'cluster4 net2 alone 1 v1 false',
      'cluster5 net2 primary2 1 v2 false',
    ],
  );
  t.same(
    clusters.map(({ podRange }) => podRange),
    ['10.10', '10.20', '10.9', '10.40', '10.50', '10.60', '10.70', '10.80'].map(start => `${start}.0.0/16`),
  );
  t.end();
});

t.test('regions are those of clusters, zones those of nodes', t => {
  const { clusters } = topologyOf(`
networks: {count: 1}
clusters:
  - {name: one, network: network1, role: primary, region: eu, zone: a}
  - {name: two, network: network1, role: primary, zone: [a, b]}
  - {count: 3, network: network1, role: remote, controlPlane: one, region: [eu, us], zone: c}
`);
  t.same(
    clusters.map(({ region, zones }) => [region, zones]),
    [
      ['eu', ['a']],
      [undefined, ['a', 'b']],
      ['eu', ['c']],
      ['us', ['c']],
      ['eu', ['c']],
    ],
  );
  t.same(
    clusters.slice(0, 2).map(cluster => [0, 1, 2].map(index => Object.values(placeLabels(cluster, index)))),
    [
      [
        ['eu', 'a'],
        ['eu', 'a'],
        ['eu', 'a'],
      ],
      [['a'], ['b'], ['a']],
    ],
  );
  t.end();
});

t.test('240 clusters of one group on one network have ranges that do not overlap', t => {
  t.equal(
    topologyOf('networks: {count: 1}\nclusters: {count: 240, network: network1, role: primary}').clusters
      .length,
    240,
  );
  t.end();
});
