/** What a kind is asked, in this order: the real one, and the one that stands in for it. */
import type { Trial } from './node-programs.ts';

/** The clusters of the questions, by the names that stand in answers. */
export const CLUSTERS = ['cluster1', 'cluster2', 'cluster3', 'cluster4', 'cluster5'] as const;
export type AskedCluster = (typeof CLUSTERS)[number];

export interface Question {
  /** Its name in the kept answers. */
  readonly about: string;
  /**
   * `{cluster1}`: that cluster's name; `{config}`: the file with its configuration; `{folder}`: one of the
   * test's.
   */
  readonly words: string;
  readonly config?: Config;
  readonly env?: Readonly<Record<string, string>>;
  /** Looked at after it: the cluster's containers as Docker has them, or the files of a folder. */
  readonly afterwards?: { readonly inspect: AskedCluster } | { readonly list: string };
  /** Nodes are made side by side, and told of in the order of their beginning. */
  readonly isUnordered?: boolean;
  /** Before it: until no container of that cluster runs any more. */
  readonly afterTheEndOf?: AskedCluster;
}

/** Written to a file before the question. */
export type Config =
  | { readonly text: string }
  | {
      readonly cluster: AskedCluster;
      readonly trial: Trial;
      readonly workers?: number;
      readonly hasMounts?: boolean;
      /** Instead of the image that the trial has. */
      readonly image?: string;
    };

const PROXIES = {
  HTTP_PROXY: 'http://proxy.invalid:3128',
  HTTPS_PROXY: 'http://proxy.invalid:3128',
  NO_PROXY: 'own.invalid',
};
const HEAD = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n';
const create = (cluster: AskedCluster, more = '--retain') =>
  `create cluster ${more} --name {${cluster}} --config {config} --kubeconfig {folder}/${cluster}.kubeconfig`;

const WRONG_CONFIGS: readonly Question[] = [
  ['a field that is unknown', `${HEAD}nonsense: 1\n`],
  ['no YAML', '{'],
  ['a version that is unknown', 'kind: Cluster\napiVersion: kind.x-k8s.io/v9\n'],
  [
    'a range that is none',
    `${HEAD}networking: {podSubnet: 10.1.0.0}\nnodes: [{role: control-plane, image: a}]\n`,
  ],
  ['no control plane', `${HEAD}nodes: [{role: worker, image: a}]\n`],
  ['a role that is unknown', `${HEAD}nodes: [{role: queen, image: a}]\n`],
].map(([what, text = '']) => ({
  about: `a configuration with ${what}`,
  words: create('cluster5'),
  config: { text },
}));

export const QUESTIONS: readonly Question[] = [
  { about: 'its version', words: 'version' },
  { about: 'its version, and no more', words: 'version -q' },
  { about: 'a flag that is unknown', words: 'create cluster --nodes 2' },
  { about: 'a flag without its value', words: 'create cluster --name' },
  { about: 'a command that is unknown', words: 'frobnicate' },
  { about: 'half a command', words: 'load' },
  { about: 'nodes of no cluster', words: 'get nodes --name {cluster1}' },
  { about: 'no archive is named', words: 'load image-archive --name {cluster1}' },
  {
    about: 'an archive that is not there',
    words: 'load image-archive {folder}/nowhere.tar --name {cluster1}',
  },
  { about: 'an archive for no cluster', words: 'load image-archive {folder}/images.tar --name {cluster1}' },
  { about: 'logs of no cluster', words: 'export logs {folder}/logs --name {cluster1}' },
  { about: 'removal of no cluster', words: 'delete cluster --name {cluster1}' },
  {
    about: 'a configuration that is not there',
    words: 'create cluster --name {cluster5} --config {folder}/nowhere.yaml',
  },
  ...WRONG_CONFIGS,
  {
    about: 'a creation',
    words: create('cluster1'),
    config: { cluster: 'cluster1', trial: 'succeeds', workers: 1, hasMounts: true },
    afterwards: { inspect: 'cluster1' },
  },
  {
    about: 'a creation of what there is',
    words: create('cluster1'),
    config: { cluster: 'cluster1', trial: 'succeeds' },
  },
  { about: 'its nodes', words: 'get nodes --name {cluster1}', isUnordered: true },
  { about: 'an archive', words: 'load image-archive {folder}/images.tar --name {cluster1}' },
  {
    about: 'an archive for a node that is not there',
    words: 'load image-archive {folder}/images.tar --name {cluster1} --nodes nobody',
  },
  { about: 'logs', words: 'export logs {folder}/logs1 --name {cluster1}', afterwards: { list: 'logs1' } },
  {
    about: 'a creation behind a proxy',
    words: create('cluster2'),
    config: { cluster: 'cluster2', trial: 'succeeds' },
    env: PROXIES,
    afterwards: { inspect: 'cluster2' },
  },
  { about: 'an archive that is none', words: 'load image-archive {folder}/broken.tar --name {cluster2}' },
  {
    about: 'a creation that kubeadm gives up',
    words: create('cluster3'),
    config: { cluster: 'cluster3', trial: 'kubeadm-gives-up' },
    afterwards: { inspect: 'cluster3' },
  },
  {
    about: 'logs of a creation that failed',
    words: 'export logs {folder}/logs3 --name {cluster3}',
    afterwards: { list: 'logs3' },
  },
  {
    about: 'a creation that fails and keeps nothing',
    words: create('cluster4', ''),
    config: { cluster: 'cluster4', trial: 'kubeadm-gives-up' },
  },
  { about: 'what is left of it', words: 'get nodes --name {cluster4}' },
  {
    about: 'a creation whose worker cannot join',
    words: create('cluster4', ''),
    config: { cluster: 'cluster4', trial: 'join-fails', workers: 1 },
  },
  {
    about: 'a creation whose node ends',
    words: create('cluster5'),
    config: { cluster: 'cluster5', trial: 'node-ends' },
  },
  {
    about: 'logs of a node that has ended',
    words: 'export logs {folder}/logs5 --name {cluster5}',
    afterTheEndOf: 'cluster5',
    afterwards: { list: 'logs5' },
  },
  {
    about: 'an archive for a node that has ended',
    words: 'load image-archive {folder}/images.tar --name {cluster5}',
  },
  { about: 'removal', words: 'delete cluster --name {cluster1}' },
  { about: 'removal of a node that has ended', words: 'delete cluster --name {cluster5}' },
  {
    about: 'an image that is nowhere',
    words: create('cluster4'),
    config: { cluster: 'cluster4', trial: 'succeeds', image: 'nowhere.invalid/node:1' },
  },
];
