/** The two ways of discovery: all resources of a type each time (edition 1.8), or differences (current). */
export type Dialect = 'state-of-the-world' | 'delta';
