/** `kubectl version`. */
import { DEFAULT_KUBERNETES, KUBERNETES_VERSIONS } from '../../../base/kubernetes-versions.ts';
import type { Verb } from './verb.ts';

/** The release whose behaviour and texts the embedded kubectl follows. */
export const KUBECTL_VERSION = KUBERNETES_VERSIONS[DEFAULT_KUBERNETES];

export const version: Verb = {
  flags: { client: { type: 'boolean' }, output: { type: 'text', short: 'o' } },
  async run({ flags, invocation, client, signal }) {
    invocation.stdout(`Client Version: ${KUBECTL_VERSION}\nKustomize Version: v5.7.1\n`);
    if (flags.boolean('client')) return 0;
    const server = (await client.request('GET', '/version', { signal })) as { gitVersion?: string }; // the API's version.Info
    invocation.stdout(`Server Version: ${server.gitVersion ?? ''}\n`);
    return 0;
  },
};
