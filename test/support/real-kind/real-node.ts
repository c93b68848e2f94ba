/** Images for nodes that the real kind starts: systemd and its journal are this machine's, the rest ours. */
import { existsSync } from 'node:fs';
import { docker, dockerMissing, testImage } from '../docker.ts';
import { NODE_PROGRAMS, type Trial } from './node-programs.ts';

/** Debian's packages systemd and tar have them at these places. */
const COPIED = [
  '/lib/systemd/systemd',
  '/lib/systemd/systemd-journald',
  '/usr/bin/journalctl',
  '/usr/bin/systemctl',
  '/bin/tar',
];
/** From systemd 255 on, systemd starts programs by it. */
const EXECUTOR = '/lib/systemd/systemd-executor';
const APPLETS = ['cp', 'chmod', 'mv', 'ps', 'printf', 'tee', 'sed', 'tcpsvd', 'nc'];

/** @returns why no such image can be made here; undefined if it can */
export function realNodeMissing(): string | undefined {
  const missing = dockerMissing();
  if (missing !== undefined) return missing;
  const absent = COPIED.filter(file => !existsSync(file));
  return absent.length > 0 ? `needs ${absent.join(', ')} to build a node's image` : undefined;
}

/**
 * @param trial - how a creation goes
 * @param more - path in the image → text, beside or instead of what every node has
 * @returns its reference
 */
export function realNodeImage(trial: Trial, more: Readonly<Record<string, string>> = {}): string {
  const reference = testImage(
    { ...NODE_PROGRAMS, ...more },
    {
      applets: APPLETS,
      copied: [...COPIED, ...[EXECUTOR].filter(existsSync)],
      shell: '/bin/sh',
      settings: ['ENTRYPOINT ["/entrypoint"]', 'ENV PATH=/usr/bin:/bin'],
    },
  );
  const ownReference = `${reference}-${trial}`;
  if (docker('images', '-q', ownReference) !== '') return ownReference;
  const container = docker('create', reference);
  try {
    docker('commit', '--change', `ENV TRIAL=${trial}`, container, ownReference);
  } finally {
    docker('rm', container);
  }
  return ownReference;
}
