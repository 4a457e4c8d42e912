import type { Column, Exporter, Row } from '@qarion/core'

/** Gives an exporter with the options that are tested. */
export type MakeExporter = () => Exporter | Promise<Exporter>

/** Reads what the exporter wrote, by other code than the exporter's own. Values come as they were given to it. */
export type ReadBack = (path: string, columns: readonly Column[]) => Promise<readonly Row[]>
