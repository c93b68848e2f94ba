/** A pod's volumes: their files from the mount on, read again when their sources change. */
import type { Pod, Volume } from '../../client/kinds.ts';
import type { PodFacts } from './downward.ts';
import type { Lookup } from './environment.ts';
import { MountError, project, projectionsOf } from './projections.ts';
import type { VolumeFiles } from './volume-memory.ts';

/** A token for this pod's service account. */
export interface PodToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** @param audience - undefined for the API server's own */
export type IssueToken = (pod: Pod, audience: string | undefined, expirationSeconds: number) => PodToken;

/** Where the files of volumes come from. */
export interface VolumeSources {
  readonly lookup: Lookup;
  readonly issueToken: IssueToken;
  /** Finds the files behind a claim of the pod's namespace. @throws MountError */
  claimed(claimName: string): VolumeFiles;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The files of one volume by relative path. */
export interface MountedVolume {
  readonly writable: boolean;
  readonly files: Map<string, string>;
  /** Reads the objects again. One that went missing since the mount leaves its files as they were. */
  refresh(facts: PodFacts): void;
  /** Called before a file is read: a token is renewed when most of its life is over. */
  beforeRead(): void;
}

/** Lists the objects that a pod's volumes show, so that their changes can be followed. */
export function volumeReferences(pod: Pod): {
  readonly configMaps: Set<string>;
  readonly secrets: Set<string>;
} {
  const configMaps = new Set<string>();
  const secrets = new Set<string>();
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.configMap?.name) configMaps.add(volume.configMap.name);
    if (volume.secret?.secretName) secrets.add(volume.secret.secretName);
    for (const source of volume.projected?.sources ?? []) {
      if (source.configMap?.name) configMaps.add(source.configMap.name);
      if (source.secret?.name) secrets.add(source.secret.name);
    }
  }
  return { configMaps, secrets };
}

/** @throws MountError */
export function mountVolume(volume: Volume, facts: PodFacts, sources: VolumeSources): MountedVolume {
  if (volume.emptyDir !== undefined || volume.hostPath !== undefined) {
    // Unlike Kubernetes, a hostPath is an empty folder of the pod's own: nodes have no files.
    return { writable: true, files: new Map(), refresh: () => {}, beforeRead: () => {} };
  }
  const { persistentVolumeClaim: claim } = volume;
  if (claim) {
    const files = sources.claimed(claim.claimName);
    return { writable: claim.readOnly !== true, files, refresh: () => {}, beforeRead: () => {} };
  }
  const projections = projectionsOf(volume);
  if (!projections) {
    throw new MountError(
      `MountVolume.SetUp failed for volume "${volume.name}" : volumes of this type are not simulated`,
    );
  }
  const tokens = new Map<string, { renewAt: number; issue: () => PodToken }>();
  const files = new Map<string, string>();
  const read = (current: PodFacts) => {
    const next = new Map<string, string>();
    for (const source of projections) project(source, current, sources.lookup, volume.name, next);
    return next;
  };
  const renew = (path: string, now: number) => {
    const token = tokens.get(path);
    if (!token || now < token.renewAt) return;
    const { token: text, expiresAt } = token.issue();
    // kubernetes/kubernetes pkg/kubelet/token/token_manager.go: at 80 % of its life, or after a day.
    token.renewAt = now + Math.min(0.8 * (expiresAt - now), 86_400_000);
    files.set(path, text);
  };
  const replace = (next: ReadonlyMap<string, string>) => {
    for (const path of [...files.keys()]) if (!next.has(path) && !tokens.has(path)) files.delete(path);
    for (const [path, content] of next) files.set(path, content);
  };
  replace(read(facts));
  for (const { serviceAccountToken: wanted } of projections) {
    if (!wanted) continue;
    const issue = () => sources.issueToken(facts.pod, wanted.audience, wanted.expirationSeconds ?? 3600);
    tokens.set(wanted.path, { renewAt: 0, issue });
    renew(wanted.path, sources.now());
  }
  return {
    writable: false,
    files,
    refresh: current => {
      try {
        replace(read(current));
      } catch (error) {
        if (!(error instanceof MountError)) throw error;
      }
    },
    beforeRead: () => {
      for (const path of tokens.keys()) renew(path, sources.now());
    },
  };
}
