import type { Query, Rule } from '@qarion/core'

import { isOpen, openBlock, printBlock, type Block } from './block.ts'
import {
  columnsOfItem,
  compileOver,
  createCompiler,
  queryNamed,
  wrap,
  type Compiler,
  type QueryScope,
} from './compiler.ts'
import type { CompileContext, CompiledQuery } from './context.ts'
import { datasetOf, readStored } from './dataset-source.ts'
import { join } from './join.ts'
import { derive, drop, rename, select } from './projection.ts'
import { countReferences, isCheap } from './references.ts'
import { aggregate, series, sortTerms, union, unnest, values, window } from './rules.ts'

/** SQL of the last of `queries`. */
export function compileQueries(queries: readonly Query[], context: CompileContext): CompiledQuery {
  return compileQuery(queries, queries.at(-1)?.name ?? '', context)
}

/** SQL of the query `name`. Consecutive rules become one SELECT as far as that keeps their meaning. */
export function compileQuery(
  queries: readonly Query[],
  name: string,
  context: CompileContext,
): CompiledQuery {
  const compiler = createCompiler(context)
  const block = blockOfRoot(queries, name, '', compiler)
  const select = printBlock(block, context.dialect.quoteIdentifier)
  const common = compiler.commonTables.map(
    (table) => `${context.dialect.quoteIdentifier(table.name)} AS (${table.sql})`,
  )
  return {
    ...compiler.values.bind(common.length === 0 ? select : `WITH ${common.join(', ')} ${select}`),
    columns: block.columns.map(({ name: column, operand }) => ({
      name: column,
      type: operand.type,
    })),
  }
}

function blockOfRoot(
  queries: readonly Query[],
  name: string,
  prefix: string,
  compiler: Compiler,
): Block {
  const byName = new Map(queries.map((query) => [query.name, query]))
  const isStaged = (query: string): boolean =>
    prefix === '' && compiler.context.staged?.has(query) === true
  const scope: QueryScope = {
    prefix,
    queries: byName,
    counts: countReferences(name, byName, isStaged),
    common: new Map(),
  }
  return isStaged(name)
    ? blockOfQuery(name, scope, compiler)
    : blockOfRules(queryNamed(byName, name), scope, compiler)
}

/** What reading a query means: its staged table, a common table expression, or its own rules folded in. */
function blockOfQuery(name: string, scope: QueryScope, compiler: Compiler): Block {
  const { dialect, staged } = compiler.context
  const kept = scope.prefix === '' ? staged?.get(name) : undefined
  if (kept !== undefined) {
    const alias = compiler.nextAlias()
    const columns = kept.columns.map((column) => ({
      name: column.name,
      operand: { sql: '', type: column.type },
      isRequired: false,
    }))
    return openBlock(
      `${dialect.temporaryName(kept.table)} AS ${alias}`,
      columnsOfItem(alias, columns, compiler),
    )
  }
  const query = queryNamed(scope.queries, name)
  if ((scope.counts.get(name) ?? 0) < 2 || isCheap(name, scope.queries))
    return blockOfRules(query, scope, compiler)
  const commonName = `xt:${scope.prefix}${name}`
  let columns = scope.common.get(name)
  if (columns === undefined) {
    const block = blockOfRules(query, scope, compiler)
    columns = block.columns
    scope.common.set(name, columns)
    compiler.commonTables.push({
      name: commonName,
      sql: printBlock(block, dialect.quoteIdentifier),
    })
  }
  const alias = compiler.nextAlias()
  return openBlock(
    `${dialect.quoteIdentifier(commonName)} AS ${alias}`,
    columnsOfItem(alias, columns, compiler),
  )
}

function blockOfRules(query: Query, scope: QueryScope, compiler: Compiler): Block {
  return query.rules.reduce<Block>(
    (block, rule) => applyRule(block, rule, scope, compiler),
    openBlock(undefined, []),
  )
}

function applyRule(block: Block, rule: Rule, scope: QueryScope, compiler: Compiler): Block {
  switch (rule.operation) {
    case 'from': {
      if (rule.source.kind === 'query') return blockOfQuery(rule.source.query, scope, compiler)
      const dataset = datasetOf(rule.source.dataset, compiler)
      if (dataset.storage.kind !== 'view') return readStored(dataset, rule.source.version, compiler)
      const { queries } = dataset.storage
      return blockOfRoot(
        queries,
        queries.at(-1)?.name ?? '',
        `${scope.prefix}${dataset.id}:`,
        compiler,
      )
    }
    case 'values':
      return values(rule, compiler)
    case 'series':
      return series(rule, compiler)
    case 'select':
      return select(block, rule.columns, compiler)
    case 'derive':
      return derive(block, rule.columns, compiler)
    case 'rename':
      return rename(block, rule.columns, compiler)
    case 'drop':
      return drop(block, rule.columns, compiler)
    case 'filter': {
      const source = isOpen(block) ? block : wrap(block, compiler)
      return {
        ...source,
        where: [...source.where, compileOver(source, rule.condition, compiler).sql],
      }
    }
    case 'join':
      return join(block, rule, blockOfQuery(rule.right, scope, compiler), compiler)
    case 'aggregate':
      return aggregate(block, rule, compiler)
    case 'window':
      return window(block, rule, compiler)
    case 'union':
      return union(
        [block, ...rule.queries.map((name) => blockOfQuery(name, scope, compiler))],
        compiler,
      )
    case 'distinct':
      return {
        ...(isOpen(block) ? { ...block, orderBy: [] } : wrap(block, compiler)),
        isDistinct: true,
      }
    case 'sort': {
      const source = block.isDistinct || block.limit !== undefined ? wrap(block, compiler) : block
      return { ...source, orderBy: sortTerms(source, rule.by, compiler) }
    }
    case 'limit': {
      const source = block.isDistinct ? wrap(block, compiler) : block
      return { ...source, limit: Math.min(block.limit ?? rule.count, rule.count) }
    }
    case 'unnest':
      return unnest(block, rule, compiler)
    case 'assert':
      return block
  }
}
