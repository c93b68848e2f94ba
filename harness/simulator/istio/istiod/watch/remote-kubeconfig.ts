/**
 * What istiod makes of the kubeconfig in a remote secret: what is wrong or unsafe is refused in client-go's
 * words, and files are those of its own container, never of the machine that simulates it.
 * pkg/kube/util.go, NewUntrustedRestConfig @1.30.3; k8s.io/client-go tools/clientcmd/validation.go @v0.34
 */
import yaml from 'js-yaml';
import { type Tree, tree } from '../../../../base/untyped.ts';

const entries = (value: unknown, part: string): readonly (readonly [name: string, content: Tree])[] =>
  (Array.isArray(value) ? value : []).map(tree).map(each => [String(each['name']), tree(each[part])]);

/** How istiod reads kubeconfigs. */
export interface KubeconfigRules {
  /** Whether the release refuses what would have it run programs, or read its own files. */
  readonly isSanitized: boolean;
  /** What it lets through all the same (PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS). */
  readonly allowed: ReadonlySet<string>;
  /** Reads a file of istiod's container; undefined if there is none. */
  readonly readFile: (path: string) => string | undefined;
}

/**
 * @returns a kubeconfig that leads to the same server as the same user, and names no file
 * @throws Error if it is refused, or needs what is not simulated
 */
export function usableKubeconfig(text: string, rules: KubeconfigRules): string {
  if (text === '') throw new Error('kubeconfig is empty');
  const config = tree(yaml.load(text));
  const clusters = entries(config['clusters'], 'cluster');
  const users = entries(config['users'], 'user');
  const problems = [
    ...clusters.flatMap(([name, cluster]) => problemsOfCluster(name, cluster, rules)),
    ...users.flatMap(([name, user]) => problemsOfUser(name, user)),
  ];
  if (problems.length > 0)
    throw new Error(`kubeconfig is not valid: invalid configuration: ${listed(problems)}`);
  if (rules.isSanitized) for (const [, user] of users) refuseUnsafe(user, rules.allowed);
  for (const [, user] of users) refuseNotSimulated(user);
  const { readFile } = rules;
  return yaml.dump({
    ...config,
    clusters: clusters.map(([name, cluster]) => ({
      name,
      cluster: inlined(cluster, CLUSTER_FILES, readFile),
    })),
    users: users.map(([name, user]) => ({ name, user: inlined(user, USER_FILES, readFile) })),
  });
}

/** How Go tells of a file that is not there. */
const absent = (file: string): string => `open ${file}: no such file or directory`;

/** A list of one is its entry (k8s.io/apimachinery pkg/util/errors). */
const listed = ([first = '', ...others]: readonly string[]): string =>
  others.length === 0 ? first : `[${[first, ...others].join(', ')}]`;

function problemsOfCluster(name: string, cluster: Tree, { readFile }: KubeconfigRules): readonly string[] {
  const file = cluster['certificate-authority'];
  const hasRoots = Boolean(file) || Boolean(cluster['certificate-authority-data']);
  return [
    ...(cluster['server'] ? [] : [`no server found for cluster "${name}"`]),
    ...(typeof file === 'string' && readFile(file) === undefined
      ? [`unable to read certificate-authority ${file} for ${name} due to ${absent(file)}`]
      : []),
    // k8s.io/client-go transport/transport.go, TLSConfigFor
    ...(hasRoots && cluster['insecure-skip-tls-verify'] === true
      ? ['specifying a root certificates file with the insecure flag is not allowed']
      : []),
  ];
}

function problemsOfUser(name: string, user: Tree): readonly string[] {
  const methods = [
    ...(user['token'] ? ['token'] : []),
    ...(user['username'] || user['password'] ? ['basicAuth'] : []),
  ];
  const exec = tree(user['exec']);
  const isRun = 'exec' in user;
  return [
    ...(methods.length > 1
      ? [
          `more than one authentication method found for ${name}; found [${methods.join(' ')}], ` +
            'only one is allowed',
        ]
      : []),
    ...(isRun && !exec['command']
      ? [`command must be specified for ${name} to use exec authentication plugin`]
      : []),
    ...(isRun && !exec['apiVersion']
      ? [`apiVersion must be specified for ${name} to use exec authentication plugin`]
      : []),
  ];
}

/** Names of fields, and those that the setting has for them. */
const UNSAFE = {
  'client-key': 'clientKey',
  'client-certificate': 'clientCertificate',
  tokenFile: 'tokenFile',
  exec: 'exec',
} as const;

/** pkg/kube/util.go, sanitizeKubeConfig @1.30.3 */
function refuseUnsafe(user: Tree, allowed: ReadonlySet<string>): void {
  const provider = 'auth-provider' in user ? String(tree(user['auth-provider'])['name']) : 'oidc';
  if (provider !== 'oidc' && !allowed.has(provider))
    throw new Error(`kubeconfig is not allowed: auth provider ${provider} is not allowed`);
  for (const [field, name] of Object.entries(UNSAFE))
    if (user[field] && !allowed.has(name))
      throw new Error(`kubeconfig is not allowed: ${name} is not allowed`);
}

/** Nothing outside the simulated world is started or asked. */
function refuseNotSimulated(user: Tree): void {
  if (user['exec'])
    throw new Error(
      `user.exec is not simulated by mesh-harness: ${String(tree(user['exec'])['command'])} is not run`,
    );
  if (user['auth-provider'])
    throw new Error(
      'user.auth-provider is not simulated by mesh-harness: ' +
        `${String(tree(user['auth-provider'])['name'])} is not asked`,
    );
}

const CLUSTER_FILES = { 'certificate-authority': 'certificate-authority-data' } as const;
const USER_FILES = {
  'client-certificate': 'client-certificate-data',
  'client-key': 'client-key-data',
} as const;

/** Puts what files hold in place of their names; data that is there counts before a file. */
function inlined(
  part: Tree,
  files: Readonly<Record<string, string>>,
  readFile: KubeconfigRules['readFile'],
): Tree {
  const result: Record<string, unknown> = { ...part };
  for (const [field, data] of Object.entries(files)) {
    const file = result[field];
    delete result[field];
    if (typeof file === 'string' && file !== '' && !result[data])
      result[data] = Buffer.from(contentOf(file, readFile)).toString('base64');
  }
  const { tokenFile } = result;
  delete result['tokenFile'];
  if (typeof tokenFile === 'string') result['token'] = contentOf(tokenFile, readFile).trim();
  return result;
}

function contentOf(file: string, readFile: KubeconfigRules['readFile']): string {
  const content = readFile(file);
  if (content === undefined) throw new Error(absent(file));
  return content;
}
