/** `kubectl version`. */
import type { Verb } from './verb.ts';

/** The release whose behaviour and texts the embedded kubectl follows. */
export const KUBECTL_VERSION = 'v1.32.4';

export const version: Verb = {
  flags: { client: { type: 'boolean' }, output: { type: 'text', short: 'o' } },
  async run({ flags, invocation, client, signal }) {
    invocation.stdout(`Client Version: ${KUBECTL_VERSION}\nKustomize Version: v5.5.0\n`);
    if (flags.boolean('client')) return 0;
    const server = (await client.request('GET', '/version', { signal })) as { gitVersion?: string }; // the API's version.Info
    invocation.stdout(`Server Version: ${server.gitVersion ?? ''}\n`);
    return 0;
  },
};
