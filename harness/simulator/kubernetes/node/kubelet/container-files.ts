/** The file system of one container: its own layer, with the pod's volumes mounted into it. */
import type { ContainerFiles } from '../../../program.ts';
import type { Container } from '../../client/kinds.ts';
import type { MountedVolume } from './volumes.ts';

interface Mount {
  /** Without a slash at the end; the root is the empty string. */
  readonly path: string;
  readonly subPath: string | undefined;
  readonly readOnly: boolean;
  readonly volume: MountedVolume;
}

interface Place {
  readonly mount: Mount;
  /** The path within the volume; empty for its root. */
  readonly inside: string;
}

const fileError = (code: string, what: string, path: string) =>
  Object.assign(new Error(`${code}: ${what}, open '${path}'`), { code });

/** `/a//b/./c/../d/` → `/a/b/d`; a relative path starts at the root. */
function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

export function createContainerFiles(
  container: Container,
  volumes: ReadonlyMap<string, MountedVolume>,
  /** Files that lie in the container's own layer from the start. */
  initial: Readonly<Record<string, string>> = {},
): ContainerFiles {
  const layer = new Map(Object.entries(initial));
  const mounts: Mount[] = [];
  for (const { name, mountPath, subPath, readOnly = false } of container.volumeMounts ?? []) {
    const volume = volumes.get(name);
    if (volume) mounts.push({ path: normalize(mountPath), subPath: subPath || undefined, readOnly, volume });
  }
  // The innermost mount wins.
  mounts.sort((a, b) => b.path.length - a.path.length);

  const placeOf = (path: string): Place | undefined => {
    for (const mount of mounts) {
      if (path !== mount.path && !path.startsWith(`${mount.path}/`)) continue;
      const rest = path.slice(mount.path.length + 1);
      const inside =
        mount.subPath === undefined ? rest : rest === '' ? mount.subPath : `${mount.subPath}/${rest}`;
      return { mount, inside };
    }
    return undefined;
  };
  const contentOf = (path: string): string | undefined => {
    const place = placeOf(path);
    if (!place) return layer.get(path);
    place.mount.volume.beforeRead();
    return place.mount.volume.files.get(place.inside);
  };
  const namesIn = (folder: string): Set<string> => {
    const names = new Set<string>();
    const place = placeOf(folder);
    const prefix = place
      ? place.inside === ''
        ? ''
        : `${place.inside}/`
      : folder === '/'
        ? '/'
        : `${folder}/`;
    for (const file of place ? place.mount.volume.files.keys() : layer.keys()) {
      if (!file.startsWith(prefix)) continue;
      const [name] = file.slice(prefix.length).split('/');
      if (name) names.add(name);
    }
    const below = folder === '/' ? '/' : `${folder}/`;
    for (const mount of mounts) {
      if (!mount.path.startsWith(below)) continue;
      const [name] = mount.path.slice(below.length).split('/');
      if (name) names.add(name);
    }
    return names;
  };

  return {
    read: path => {
      const content = contentOf(normalize(path));
      if (content === undefined) throw fileError('ENOENT', 'no such file or directory', path);
      return content;
    },
    exists: path => {
      const normal = normalize(path);
      return (
        contentOf(normal) !== undefined ||
        mounts.some(mount => mount.path === normal && mount.subPath === undefined) ||
        namesIn(normal).size > 0
      );
    },
    list: folder => [...namesIn(normalize(folder))].sort(),
    write: (path, content) => {
      const normal = normalize(path);
      const place = placeOf(normal);
      if (!place) {
        layer.set(normal, content);
        return;
      }
      if (place.mount.readOnly || !place.mount.volume.writable) {
        throw fileError('EROFS', 'read-only file system', path);
      }
      place.mount.volume.files.set(place.inside, content);
    },
  };
}
