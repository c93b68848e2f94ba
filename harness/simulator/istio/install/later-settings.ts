/** Settings of the mesh that a release does not have yet: to its istioctl they are mistakes. */
import { type Edition, typeOf } from '../registry/names.ts';
import { InstallError } from './install-error.ts';
import type { InstallSettings } from './settings.ts';

/**
 * Returns the settings without what the release does not know.
 * @param force - tells it, in place of the error
 * @throws InstallError naming each field
 */
export function withoutLater(settings: InstallSettings, edition: Edition, force = false): InstallSettings {
  const type = typeOf(edition, 'MeshConfig');
  const entries = Object.entries(settings.meshConfig);
  const later = entries.filter(([name]) => type?.kind === 'object' && !type.fields.has(name));
  if (later.length === 0) return settings;
  const mistakes = later.map(([name]) => `unknown field "${name}" in meshConfig`);
  if (!force) throw new InstallError(`validation errors (use --force to override): \n${mistakes.join('\n')}`);
  const known = entries.filter(entry => !later.includes(entry));
  const meshConfig = Object.fromEntries(known) as InstallSettings['meshConfig']; // some of its fields
  return { ...settings, meshConfig, leftOut: [...settings.leftOut, ...mistakes] };
}
