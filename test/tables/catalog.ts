/** All tables of what is seen when a step is left out. */

import { rows as without18MultiPrimary } from '../omissions/1.8/multi-primary.ts';
import { rows as without18MultiPrimaryMultiNetwork } from '../omissions/1.8/multi-primary-multi-network.ts';
import { rows as without18PrimaryRemote } from '../omissions/1.8/primary-remote.ts';
import { rows as without18PrimaryRemoteMultiNetwork } from '../omissions/1.8/primary-remote-multi-network.ts';
import { rows as withoutCurrentMultiPrimary } from '../omissions/current/multi-primary.ts';
import { rows as withoutCurrentMultiPrimaryMultiNetwork } from '../omissions/current/multi-primary-multi-network.ts';
import { rows as withoutCurrentPrimaryRemote } from '../omissions/current/primary-remote.ts';
import { rows as withoutCurrentPrimaryRemoteMultiNetwork } from '../omissions/current/primary-remote-multi-network.ts';
import type { PlanTable } from '../omissions/expected.ts';

export const PLAN_TABLES: readonly PlanTable[] = [
  { edition: '1.8', scenario: 'multi-primary', rows: without18MultiPrimary },
  {
    edition: '1.8',
    scenario: 'multi-primary-multi-network',
    rows: without18MultiPrimaryMultiNetwork,
  },
  { edition: '1.8', scenario: 'primary-remote', rows: without18PrimaryRemote },
  {
    edition: '1.8',
    scenario: 'primary-remote-multi-network',
    rows: without18PrimaryRemoteMultiNetwork,
  },
  { edition: 'current', scenario: 'multi-primary', rows: withoutCurrentMultiPrimary },
  {
    edition: 'current',
    scenario: 'multi-primary-multi-network',
    rows: withoutCurrentMultiPrimaryMultiNetwork,
  },
  { edition: 'current', scenario: 'primary-remote', rows: withoutCurrentPrimaryRemote },
  {
    edition: 'current',
    scenario: 'primary-remote-multi-network',
    rows: withoutCurrentPrimaryRemoteMultiNetwork,
  },
];
