/** `mesh-harness list --checks`: the families of checks. */
import { CHECK_FAMILIES } from '../../verify/catalog.ts';

/** Returns what `--format json` prints. */
export function checksAsJson(): string {
  const checks = CHECK_FAMILIES.map(({ id, level, claim, guide, appliesTo, evidence, changes }) => ({
    ...{ id, level, claim, guide, appliesTo, evidence },
    changes: changes !== undefined,
    ...(changes && { whatChanges: changes.what, putsBack: changes.putsBack }),
  }));
  return `${JSON.stringify({ checks }, null, 2)}\n`;
}

/** Writes an entry for each family: id, level, and what to know of it. */
export function checksAsText(): string {
  const width = Math.max(...CHECK_FAMILIES.map(({ id }) => id.length));
  const entries = CHECK_FAMILIES.map(({ id, level, claim, guide, appliesTo, evidence, changes }) => {
    const lines = [
      `${id.padEnd(width)}  ${level.padEnd(8)}  ${changes ? 'changes something' : 'reads only'}`,
      `  ${claim}`,
      `  Guide: "${guide}". About ${appliesTo}. Evidence: ${evidence}.`,
      ...(changes ? [`  Changes: ${changes.what}. Afterwards ${changes.putsBack}.`] : []),
    ];
    return `${lines.join('\n')}\n`;
  });
  return `${entries.join('\n')}\nChecks that change something are run by verify only with --allow-changes.\n`;
}
