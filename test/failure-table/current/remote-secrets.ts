/**
 * Sections 10.11 and 10.12 of the failure table, edition current: remote secrets, and what they give access
 * to.
 */
import {
  aMoment,
  butFirst,
  type Edit,
  instead,
  inTheEnd,
  kubectl,
  lastOn,
  mutation,
  rewrite,
  thenAlso,
  withArgs,
} from '../edits.ts';
import { clusterStatus, istiodLog, podsOf, type Row, type Section } from '../rows.ts';

const OF_1 = 'remote-secret/cluster1-in-cluster2';
const OF_2 = 'remote-secret/cluster2-in-cluster1';
const UNKNOWN_AUTHORITY = /failed calling webhook .* x509: certificate signed by unknown authority/;
const READER = 'istio-reader-clusterrole-istio-system';

/** The reader's account in a cluster may do nothing. */
const withoutPermissions = (secret: string, cluster: string): Edit =>
  butFirst(secret, [kubectl(cluster, `delete clusterrolebinding ${READER}`)]);

/** A kubeconfig that gets its token from a program. */
const EXEC_KUBECONFIG = `apiVersion: v1
kind: Secret
metadata:
  name: istio-remote-secret-cluster2
  namespace: istio-system
  labels: {istio/multiCluster: "true"}
stringData:
  cluster2: |
    apiVersion: v1
    kind: Config
    clusters: [{name: cluster2, cluster: {server: "https://172.30.0.3:6443"}}]
    contexts: [{name: cluster2, context: {cluster: cluster2, user: cluster2}}]
    current-context: cluster2
    users:
    - name: cluster2
      user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, args: [eks, get-token]}}
`;

/** What the reader may do, without asking whether tokens are good. */
const ROLE_WITHOUT_REVIEWS = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: without-reviews
rules:
- apiGroups: ["*"]
  resources: ["*"]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [configmaps]
  verbs: [create, update]
- apiGroups: [admissionregistration.k8s.io]
  resources: [mutatingwebhookconfigurations]
  verbs: [update, patch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: without-reviews
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: without-reviews}
subjects: [{kind: ServiceAccount, name: istio-reader-service-account, namespace: istio-system}]
`;

const revoked = (cluster: string) =>
  kubectl(cluster, 'delete serviceaccount istio-reader-service-account -n istio-system');

const rows10_11: readonly Row[] = [
  {
    fault: 'stored in cluster1 instead',
    scenario: 'multi-primary',
    edits: [lastOn(OF_1, 'cluster1')],
    shows: 'BOTH R',
    look: async (clients, t) =>
      t.match(
        await istiodLog(clients, 'cluster1'),
        /ignoring cluster .*as it would overwrite the config cluster/,
      ),
  },
  {
    fault: 'upper-case names',
    scenario: 'multi-primary',
    edits: [
      rewrite(OF_1, '--name=cluster1', '--name=CLUSTER1'),
      rewrite(OF_2, '--name=cluster2', '--name=CLUSTER2'),
    ],
    shows: 'R R',
    steps: {
      [OF_1]: /"istio-remote-secret-CLUSTER1" is invalid: metadata.name: .*a lowercase RFC 1123 subdomain/,
      [OF_2]: /"istio-remote-secret-CLUSTER2" is invalid/,
    },
  },
  {
    fault: 'server not reachable',
    scenario: 'multi-primary',
    edits: [mutation(`${OF_1}/unreachable-server`)],
    shows: 'BOTH R',
    showsLate: true,
    look: async (clients, t) =>
      t.equal(await clusterStatus(clients, 'cluster2'), 'cluster2 synced, cluster1 timeout'),
  },
  {
    fault: 'token no longer valid',
    scenario: 'multi-primary-multi-network',
    edits: [mutation(`${OF_1}/bad-token`)],
    shows: 'BOTH R',
    look: async (clients, t) =>
      t.match(await istiodLog(clients, 'cluster2'), /Failed to (list|watch).*Unauthorized/),
  },
  {
    fault: 'account without permissions',
    scenario: 'multi-primary',
    edits: [withoutPermissions(OF_1, 'cluster1')],
    shows: 'BOTH R',
    look: async (clients, t) =>
      t.match(
        await istiodLog(clients, 'cluster2'),
        /services is forbidden: User "system:serviceaccount:istio-system:istio-reader-service-account" cannot list/,
      ),
  },
];

const rows10_12: readonly Row[] = [
  {
    fault: 'key is not the name that the proxies give',
    scenario: 'primary-remote',
    edits: [rewrite(OF_2, '--name=cluster2', '--name=elsewhere')],
    shows: 'R CFG',
    look: async (clients, t) =>
      t.match(
        await istiodLog(clients, 'cluster1'),
        /claims to be in cluster "cluster2", but we only know about local cluster "cluster1" and remote clusters \[elsewhere\]/,
      ),
  },
  {
    fault: 'server is the broadcast address',
    scenario: 'primary-remote',
    edits: [withArgs(OF_2, '--server=https://255.255.255.255')],
    shows: 'R NOPOD',
    warning: ['cluster2', UNKNOWN_AUTHORITY],
  },
  {
    fault: 'kubeconfig that runs a program',
    scenario: 'multi-primary',
    edits: [
      instead(
        OF_2,
        [kubectl('cluster1', 'apply -f secret.yaml')],
        [{ path: 'secret.yaml', content: EXEC_KUBECONFIG }],
      ),
    ],
    shows: 'R BOTH',
    look: async (clients, t) => {
      t.match(await istiodLog(clients, 'cluster1'), /Failed to add remote cluster .*exec/);
      t.equal(await clusterStatus(clients, 'cluster1'), 'cluster1 synced');
    },
  },
  {
    fault: 'account without permissions',
    scenario: 'primary-remote',
    edits: [withoutPermissions(OF_2, 'cluster2')],
    shows: 'R NOPOD',
    warning: ['cluster2', UNKNOWN_AUTHORITY],
  },
  {
    fault: 'no permission to create tokenreviews',
    scenario: 'primary-remote',
    edits: [
      withoutPermissions(OF_2, 'cluster2'),
      butFirst(OF_2, [kubectl('cluster2', 'apply -f role.yaml')]),
      thenAlso(OF_2, [], [{ path: 'role.yaml', content: ROLE_WITHOUT_REVIEWS }]),
    ],
    shows: 'R CFG',
    look: async (clients, t) =>
      t.match(
        await istiodLog(clients, 'cluster1'),
        /failed to validate the JWT from cluster "cluster2".*forbidden/,
      ),
  },
  {
    fault: 'token revoked later: the last endpoints stay',
    scenario: 'multi-primary',
    edits: [inTheEnd([revoked('cluster2')])],
    shows: 'BOTH BOTH',
  },
  {
    fault: 'token revoked later, and istiod restarted',
    scenario: 'multi-primary',
    edits: [
      inTheEnd([
        revoked('cluster2'),
        kubectl('cluster1', 'rollout restart deployment/istiod -n istio-system'),
        kubectl('cluster1', 'rollout status deployment/istiod -n istio-system'),
        aMoment('cluster1'),
      ]),
    ],
    shows: 'R BOTH',
  },
  {
    fault: 'token revoked later: running pods stay, a new one gets no configuration',
    scenario: 'primary-remote',
    edits: [
      inTheEnd([
        revoked('cluster2'),
        kubectl('cluster2', 'rollout restart deployment/helloworld-v2 -n sample'),
      ]),
    ],
    shows: 'BOTH BOTH',
    passes: false,
    look: async (clients, t) => t.match(await podsOf(clients, 'cluster2'), /helloworld-v2\S* 1\/2 Running/),
  },
  {
    // Proxies connect anew every half hour, and are turned away; what they know stays.
    fault: 'token revoked long ago',
    scenario: 'primary-remote',
    edits: [inTheEnd([revoked('cluster2'), aMoment('cluster1', 2400)])],
    shows: 'BOTH BOTH',
    look: async (clients, t) =>
      t.match(await istiodLog(clients, 'cluster1'), /failed to validate the JWT from cluster "cluster2"/),
  },
  {
    fault: 'wrong namespace',
    scenario: 'multi-primary',
    edits: [withArgs(OF_2, '--namespace=default')],
    shows: 'R BOTH',
  },
  {
    fault: 'label istio/multiCluster lost',
    scenario: 'multi-primary',
    edits: [
      thenAlso(OF_2, [
        kubectl('cluster1', 'label secret istio-remote-secret-cluster2 -n istio-system istio/multiCluster-'),
      ]),
    ],
    shows: 'R BOTH',
  },
  {
    fault: 'secret deleted later',
    scenario: 'multi-primary',
    edits: [
      inTheEnd([
        kubectl('cluster1', 'delete secret istio-remote-secret-cluster2 -n istio-system'),
        aMoment('cluster1'),
      ]),
    ],
    shows: 'R BOTH',
    look: async (clients, t) =>
      t.match(
        await istiodLog(clients, 'cluster1'),
        /Deleting cluster_id=cluster2 configured by secret=istio-system\/istio-remote-secret-cluster2/,
      ),
  },
];

export const sections: readonly Section[] = [
  { section: '10.11', rows: rows10_11 },
  { section: '10.12', rows: rows10_12 },
];
