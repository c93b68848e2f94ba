/** Images that the engine has or pulls. */
import type { Client, Engine } from './engine.ts';
import { ignoreMissing } from './errors.ts';

/** Returns the calls that look for images and pull them. */
export function imageCalls(client: Client): Pick<Engine, 'hasImage' | 'pull'> {
  const docker = client.container.dockerode;
  return {
    hasImage: async reference =>
      (await ignoreMissing(() => docker.getImage(reference).inspect())) !== undefined,
    pull: async reference => {
      const stream = await docker.pull(reference);
      await new Promise<void>((resolve, reject) => {
        docker.modem.followProgress(stream, error => (error ? reject(error) : resolve()));
      });
    },
  };
}
