/** Containers of the engine with their volumes, and programs in them. */
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Client, Engine } from './engine.ts';
import { ignoreMissing } from './errors.ts';

/** Returns the calls that make, list and remove containers and volumes, and run programs in them. */
export function containerCalls(
  client: Client,
): Pick<
  Engine,
  'containers' | 'createContainer' | 'removeContainer' | 'createVolume' | 'removeVolume' | 'volumes' | 'exec'
> {
  const docker = client.container.dockerode;
  return {
    containers: async (label, value) => {
      const found = await docker.listContainers({
        all: true,
        ...(label !== undefined && {
          filters: { label: [value === undefined ? label : `${label}=${value}`] },
        }),
      });
      return found.map(({ Id, Names, Labels, State, NetworkSettings }) => ({
        id: Id,
        name: (Names[0] ?? '').replace(/^\//, ''),
        labels: Labels,
        isRunning: State === 'running',
        addresses: Object.fromEntries(
          Object.entries(NetworkSettings?.Networks ?? {}).map(([name, { IPAddress }]) => [name, IPAddress]),
        ),
      }));
    },
    createContainer: async ({ name, image, labels, env, volumes }) => {
      const container = await docker.createContainer({
        name,
        Image: image,
        Labels: { ...labels },
        Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
        HostConfig: {
          Binds: Object.entries(volumes).map(([volume, path]) => `${volume}:${path}`),
          RestartPolicy: { Name: 'no' },
        },
      });
      await container.start();
    },
    removeContainer: async nameOrId => {
      await ignoreMissing(() => docker.getContainer(nameOrId).remove({ force: true, v: true }));
    },
    createVolume: async (name, labels) => {
      await docker.createVolume({ Name: name, Labels: { ...labels } });
    },
    removeVolume: async name => {
      await ignoreMissing(() => docker.getVolume(name).remove());
    },
    volumes: async label => {
      const { Volumes } = await docker.listVolumes({ filters: { label: [label] } });
      return (Volumes ?? []).map(({ Name }) => Name);
    },
    exec: async (container, argv) => {
      // Without a standard input. That of testcontainers' own exec stays open where the engine refuses to
      // start the program, as in a container that is being removed, and keeps its connection and with it this
      // process for the five minutes until the engine forgets it.
      const exec = await docker
        .getContainer(container)
        .exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: true });
      const stream = await exec.start({ stdin: false });
      const chunks: Buffer[] = [];
      const both = new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          chunks.push(chunk);
          done();
        },
      });
      docker.modem.demuxStream(stream, both, both);
      await finished(stream, { writable: false });
      const { ExitCode } = await exec.inspect();
      return { exitCode: ExitCode ?? -1, output: Buffer.concat(chunks).toString('utf8') };
    },
  };
}
