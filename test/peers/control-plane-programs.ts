/** The programs of a real control plane, which are given by path only: nobody installs them. */
import { existsSync } from 'node:fs';
import type { ControlPlanePrograms } from './real-api-server.ts';

/** The flag of `npm run peers`, and the variable that tells the peers. */
export const GIVEN_PROGRAMS = {
  'kube-apiserver': 'MESH_HARNESS_KUBE_APISERVER',
  etcd: 'MESH_HARNESS_ETCD',
  'kube-controller-manager': 'MESH_HARNESS_KUBE_CONTROLLER_MANAGER',
  'kube-scheduler': 'MESH_HARNESS_KUBE_SCHEDULER',
  kubectl: 'MESH_HARNESS_KUBECTL',
} as const;

/** The path of a program that is given, or why there is none. */
export function givenProgram(name: keyof typeof GIVEN_PROGRAMS): { path: string } | { reason: string } {
  const path = process.env[GIVEN_PROGRAMS[name]];
  if (path === undefined) return { reason: `no ${name} is given (--${name} PATH)` };
  return existsSync(path) ? { path } : { reason: `there is no ${path} (--${name})` };
}

/** The programs that are given, or the reason why there is no API server. */
export function givenPrograms(): ControlPlanePrograms | { readonly reason: string } {
  const apiServer = givenProgram('kube-apiserver');
  const etcd = givenProgram('etcd');
  if ('reason' in apiServer) return apiServer;
  if ('reason' in etcd) return etcd;
  const manager = givenProgram('kube-controller-manager');
  const scheduler = givenProgram('kube-scheduler');
  return {
    apiServer: apiServer.path,
    etcd: etcd.path,
    ...('path' in manager && { controllerManager: manager.path }),
    ...('path' in scheduler && { scheduler: scheduler.path }),
  };
}
