/** Faults of the virtual network: they drop, delay or refuse packets, and can be undone. */
import type { SocketAddress } from './interfaces.ts';

/** One end of a flow as faults see it. */
export interface FlowEnd {
  /** The namespace's name; empty for an address that nobody has. */
  readonly name: string;
  readonly address: string;
  readonly kind: 'pod' | 'node' | 'machine' | 'nobody';
  readonly cluster: string | undefined;
  readonly network: string | undefined;
}

/** A connection, or a datagram's way, that a fault may apply to. */
export interface Flow {
  readonly protocol: 'TCP' | 'UDP';
  readonly from: FlowEnd;
  /** What was dialled: a Service's address, perhaps. */
  readonly dialled: SocketAddress;
  /** The address and port to which it goes after all services, nodes and redirects. */
  readonly to: FlowEnd;
  readonly port: number;
}

/** Tells whether a fault applies to a flow. */
export type FlowMatcher = (flow: Flow) => boolean;

/** Takes a fault away again; a second call does nothing. */
export type Undo = () => void;

/**
 * The ready-made faults. A fault applies from then on, to connections that exist too (except `refuse`, which
 * only meets new ones).
 */
export interface Faults {
  /**
   * Cuts two networks off from each other, gateways and API servers included. `undo` heals it, and TCP sends
   * again what was lost.
   */
  partition(networkA: string, networkB: string): Undo;
  /** Packets that match vanish. */
  drop(matches: FlowMatcher): Undo;
  /** Packets that match take so many milliseconds longer, each way. */
  delay(matches: FlowMatcher, ms: number): Undo;
  /** Refuses new connections that match. */
  refuse(matches: FlowMatcher): Undo;
}

/** What faults do to a flow. */
export interface FaultVerdict {
  readonly refused: boolean;
  readonly dropped: boolean;
  readonly delayMs: number;
}

const UNHINDERED: FaultVerdict = { refused: false, dropped: false, delayMs: 0 };

interface Fault {
  readonly matches: FlowMatcher;
  readonly kind: 'drop' | 'delay' | 'refuse';
  readonly ms: number;
}

/** The faults that are in force. */
export class FaultSet implements Faults {
  readonly #faults = new Set<Fault>();
  /** Grows whenever the faults change, so that a connection need not ask again for each segment. */
  generation = 0;

  partition(networkA: string, networkB: string): Undo {
    return this.drop(
      ({ from, to }) =>
        (from.network === networkA && to.network === networkB) ||
        (from.network === networkB && to.network === networkA),
    );
  }

  drop(matches: FlowMatcher): Undo {
    return this.#add({ matches, kind: 'drop', ms: 0 });
  }

  delay(matches: FlowMatcher, ms: number): Undo {
    return this.#add({ matches, kind: 'delay', ms });
  }

  refuse(matches: FlowMatcher): Undo {
    return this.#add({ matches, kind: 'refuse', ms: 0 });
  }

  verdict(flow: Flow): FaultVerdict {
    if (this.#faults.size === 0) return UNHINDERED;
    let refused = false;
    let dropped = false;
    let delayMs = 0;
    for (const fault of this.#faults) {
      if (!fault.matches(flow)) continue;
      if (fault.kind === 'drop') dropped = true;
      else if (fault.kind === 'refuse') refused = true;
      else delayMs += fault.ms;
    }
    return { refused, dropped, delayMs };
  }

  /** Returns the faults for one connection's segments. It asks again only when the faults have changed. */
  watch(flow: Flow): () => number | 'drop' {
    let generation = -1;
    let known: number | 'drop' = 0;
    return () => {
      if (generation !== this.generation) {
        generation = this.generation;
        const { dropped, delayMs } = this.verdict(flow);
        known = dropped ? 'drop' : delayMs;
      }
      return known;
    };
  }

  #add(fault: Fault): Undo {
    this.#faults.add(fault);
    this.generation++;
    return () => {
      if (this.#faults.delete(fault)) this.generation++;
    };
  }
}
