/** What the real istiod is told in place of what its pod's container would tell it. */
import path from 'node:path';

const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The name of the kubeconfig in the program's folder that stands for `in-cluster`. */
export const IN_CLUSTER_FILE = 'in-cluster.kubeconfig';

/**
 * Returns a path of the container in the program's folder. Relative paths need none: the folder is the
 * program's working directory.
 */
const moved = (folder: string, value: string): string =>
  /^\/(etc|var)\//.test(value) ? path.join(folder, value) : value;

/**
 * Writes a flag's value of a container for the program: absolute paths of the container are moved.
 * @param word - of the container's argv
 */
export function movedArgument(folder: string, word: string): string {
  const at = word.startsWith('--') ? word.indexOf('=') + 1 : 0;
  return word.slice(0, at) + moved(folder, word.slice(at));
}

/**
 * Returns the whole environment of the program: the container's, with paths moved, and the way into the
 * virtual network. Nothing of this process's own environment is in it.
 *
 * A client of Go's Kubernetes library finds its cluster by KUBECONFIG before it looks into the absolute
 * folder of its service account; of several files the first that is there decides. So a mounted kubeconfig
 * (an external istiod's) comes first, as in a pod.
 */
export function childEnvironment(
  env: Readonly<Record<string, string>>,
  folder: string,
  proxyUrl: string,
): Readonly<Record<string, string>> {
  const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, moved(folder, value)]));
  const inCluster = path.join(folder, IN_CLUSTER_FILE);
  return {
    ...own,
    HOME: folder,
    KUBECONFIG: own['KUBECONFIG'] ? [own['KUBECONFIG'], inCluster].join(path.delimiter) : inCluster,
    // Go takes no proxy for loopback, and the API servers have addresses of the virtual network.
    HTTPS_PROXY: proxyUrl,
    HTTP_PROXY: proxyUrl,
    NO_PROXY: '',
  };
}

/**
 * Writes the kubeconfig that stands for rest.InClusterConfig (client-go rest/config.go): the service's
 * address out of the environment, the mounted token, which is read again when it changes, and the mounted
 * root.
 */
export function inClusterKubeconfig(env: Readonly<Record<string, string>>, folder: string): string {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  const account = (name: string) => path.join(folder, ACCOUNT_FOLDER, name);
  return `${JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'in-cluster',
    contexts: [{ name: 'in-cluster', context: { cluster: 'in-cluster', user: 'account' } }],
    clusters: [
      {
        name: 'in-cluster',
        cluster: { server: `https://${host}:${port}`, 'certificate-authority': account('ca.crt') },
      },
    ],
    users: [{ name: 'account', user: { tokenFile: account('token') } }],
  })}\n`;
}
