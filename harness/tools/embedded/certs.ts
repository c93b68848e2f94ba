/**
 * `mesh-harness certs` as a command of a plan: writes a root and an intermediate for each cluster into the
 * working folder.
 */
import { createMeshCertificates } from '../../model/mesh-certificates.ts';
import { FlagError, parseFlags } from './flags.ts';
import { type Program, ToolExit } from './invocation.ts';

/** `certs --out DIR CLUSTER…` */
export const certs: Program = async invocation => {
  try {
    const flags = parseFlags(invocation.argv, { out: { type: 'text' } });
    if (flags.args.length === 0) throw new ToolExit('error: certs needs the name of a cluster at least', 2);
    const out = (flags.text('out') ?? '.').replace(/\/$/, '');
    // OpenSSL checks certificates against the wall's clock, and a virtual one starts at the wall's now.
    const files = await createMeshCertificates(flags.args, invocation.clock.now());
    for (const [path, text] of files) invocation.writeFile(`${out}/${path}`, text);
    invocation.stdout([...files.keys()].map(path => `${out}/${path}\n`).join(''));
    return 0;
  } catch (error) {
    if (error instanceof FlagError) throw new ToolExit(`error: ${error.message}`, 2);
    throw error;
  }
};
