/** Images that the engine has, pulls, writes into archives and takes from them. */
import type { Client, Engine } from './engine.ts';
import { ignoreMissing } from './errors.ts';

type Dial = Parameters<Client['container']['dockerode']['modem']['dial']>[0];

/** Returns the calls that look for images, and bring them from one place to another. */
export function imageCalls(
  client: Client,
): Pick<Engine, 'hasImage' | 'image' | 'pull' | 'tagImage' | 'saveImage' | 'loadImages'> {
  const docker = client.container.dockerode;
  const inspect = (reference: string) => ignoreMissing(() => docker.getImage(reference).inspect());
  const progress = (stream: NodeJS.ReadableStream) =>
    new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(stream, (error: Error | null, told: readonly unknown[]) => {
        // A failure on the way is a line of the answer, which has begun with 200.
        const failure = error ?? told.map(failureIn).find(each => each !== undefined);
        if (failure) reject(failure);
        else resolve();
      });
    });
  return {
    hasImage: async reference => (await inspect(reference)) !== undefined,
    image: async reference => {
      const found = await inspect(reference);
      if (found === undefined) return undefined;
      const { Id, Size, RepoDigests, Os, Architecture } = found;
      return { id: Id, bytes: Size, digests: RepoDigests ?? [], platform: `${Os}/${Architecture}` };
    },
    pull: async reference => progress(await docker.pull(reference)),
    tagImage: async (reference, name) => {
      const at = name.lastIndexOf(':');
      await docker.getImage(reference).tag({ repo: name.slice(0, at), tag: name.slice(at + 1) });
    },
    saveImage: async (reference, platform) => {
      const [os, architecture] = platform?.split('/') ?? [];
      return await dialled(client, {
        path: '/images/get?',
        method: 'GET',
        isStream: true,
        // API 1.48 (Docker 28) and later know the platform; earlier ones do not look at it.
        options: {
          names: reference,
          ...(platform !== undefined && { platform: JSON.stringify({ os, architecture }) }),
        },
        statusCodes: { 200: true, 404: 'no such image', 500: 'server error' },
      });
    },
    loadImages: async archive => progress(await docker.loadImage(archive)),
  };
}

/** moby/moby pkg/jsonmessage: `{"error": "…", "errorDetail": {…}}`. */
function failureIn(line: unknown): Error | undefined {
  const { error } = (line ?? {}) as { readonly error?: unknown }; // of the engine
  return typeof error === 'string' ? new Error(error) : undefined;
}

/** Asks the engine for what its client has no call for. */
function dialled(client: Client, request: Dial): Promise<NodeJS.ReadableStream> {
  const { modem } = client.container.dockerode;
  return new Promise((resolve, reject) => {
    modem.dial(request, (error: unknown, stream: unknown) =>
      error ? reject(error) : resolve(stream as NodeJS.ReadableStream),
    ); // a stream, since the request asks for one
  });
}
