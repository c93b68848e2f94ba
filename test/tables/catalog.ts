/** All tables of what is seen when something is left out or done wrong. */

import { sections as controlPlanes } from '../failure-table/current/control-planes.ts';
import { sections as environmentAndTrust } from '../failure-table/current/environment-and-trust.ts';
import { sections as gateways } from '../failure-table/current/gateways.ts';
import { sections as remoteSecrets } from '../failure-table/current/remote-secrets.ts';
import { sections as workloads } from '../failure-table/current/workloads.ts';
import type { Section } from '../failure-table/rows.ts';
import { rows as mistakesMultiPrimary } from '../mutations/multi-primary.ts';
import { rows as mistakesMultiPrimaryMultiNetwork } from '../mutations/multi-primary-multi-network.ts';
import { rows as mistakesPrimaryRemote } from '../mutations/primary-remote.ts';
import { rows as mistakesPrimaryRemoteMultiNetwork } from '../mutations/primary-remote-multi-network.ts';
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
  { kind: 'omissions', edition: '1.8', scenario: 'multi-primary', rows: without18MultiPrimary },
  {
    kind: 'omissions',
    edition: '1.8',
    scenario: 'multi-primary-multi-network',
    rows: without18MultiPrimaryMultiNetwork,
  },
  { kind: 'omissions', edition: '1.8', scenario: 'primary-remote', rows: without18PrimaryRemote },
  {
    kind: 'omissions',
    edition: '1.8',
    scenario: 'primary-remote-multi-network',
    rows: without18PrimaryRemoteMultiNetwork,
  },
  { kind: 'omissions', edition: 'current', scenario: 'multi-primary', rows: withoutCurrentMultiPrimary },
  {
    kind: 'omissions',
    edition: 'current',
    scenario: 'multi-primary-multi-network',
    rows: withoutCurrentMultiPrimaryMultiNetwork,
  },
  { kind: 'omissions', edition: 'current', scenario: 'primary-remote', rows: withoutCurrentPrimaryRemote },
  {
    kind: 'omissions',
    edition: 'current',
    scenario: 'primary-remote-multi-network',
    rows: withoutCurrentPrimaryRemoteMultiNetwork,
  },
  { kind: 'mutations', edition: '1.8', scenario: 'multi-primary', rows: mistakesMultiPrimary },
  {
    kind: 'mutations',
    edition: '1.8',
    scenario: 'multi-primary-multi-network',
    rows: mistakesMultiPrimaryMultiNetwork,
  },
  { kind: 'mutations', edition: '1.8', scenario: 'primary-remote', rows: mistakesPrimaryRemote },
  {
    kind: 'mutations',
    edition: '1.8',
    scenario: 'primary-remote-multi-network',
    rows: mistakesPrimaryRemoteMultiNetwork,
  },
];

/** The failure table, by edition. */
export const FAILURE_TABLES: Readonly<Record<string, readonly Section[]>> = {
  current: [...environmentAndTrust, ...controlPlanes, ...gateways, ...remoteSecrets, ...workloads],
};
