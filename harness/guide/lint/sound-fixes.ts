/** Mends only where bash can read what is mended. */
import type { Trace } from '../follow/trace.ts';
import type { Page } from '../page/page.ts';
import type { Span } from '../source-text.ts';
import type { Finding } from './finding.ts';

/**
 * Takes mends away that would change a block with a command which bash cannot read: what the words of such
 * a block mean is not known.
 */
export function withSoundFixes(
  findings: readonly Finding[],
  traces: readonly Trace[],
  pages: readonly Page[],
): readonly Finding[] {
  const broken = new Map<string, Set<Span>>(pages.map(({ source }) => [source.file, new Set()]));
  for (const { events } of traces)
    for (const event of events)
      if (event.kind === 'beyond' && event.beyond.isError)
        broken.get(event.origin.page.source.file)?.add(event.origin.block.span);
  return findings.map(finding => {
    if (!finding.fix) return finding;
    const spans = [...(broken.get(finding.place.file) ?? [])];
    const isUnsound = finding.fix.edits.some(edit =>
      spans.some(({ start, end }) => edit.start < end && edit.end > start),
    );
    if (!isUnsound) return finding;
    const { fix: _fix, ...rest } = finding;
    return rest;
  });
}
