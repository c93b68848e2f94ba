/** Lints the pages of a guide: reads and follows them, and runs all rules. */
import type { EditionName } from '../../model/east-west-gateway.ts';
import { follow } from '../follow/follow.ts';
import { viewsOf } from '../follow/views.ts';
import type { Page } from '../page/page.ts';
import { findingsOf } from './engine.ts';
import type { Finding } from './finding.ts';
import { RULES } from './rules.ts';

/**
 * Finds what is wrong with pages that are one guide, in their order.
 * @param edition - the release that they are checked against
 */
export const lint = (pages: readonly Page[], edition: EditionName): readonly Finding[] =>
  findingsOf({ pages, traces: viewsOf(pages).map(follow), edition }, RULES);
