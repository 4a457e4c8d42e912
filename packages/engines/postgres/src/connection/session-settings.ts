import { quoteIdentifier, quoteText } from '@qarion/kit-sql'

import type { PostgresSettings } from '../postgres-options.ts'

/** Locks that others hold are waited for so long. */
export const LOCK_TIMEOUT_MS = 30_000

/** Less is refused by the server. */
const LEAST_WORK_MEM_KB = 64

/** How often a busy server looks whether its client still lives. Systems that cannot tell refuse the setting. */
const CLIENT_CHECK = `DO ${quoteText(
  "BEGIN PERFORM set_config('client_connection_check_interval', '1000', false); EXCEPTION WHEN OTHERS THEN NULL; END",
)}`

/** Statements that make a session what the dialect takes for granted, whatever server, database and role are set to. */
export function sessionSettings(
  { schema, statementTimeoutMs = 0, workMemBytes }: PostgresSettings,
  mode: 'read' | 'write',
): string {
  const settings: Readonly<Record<string, string>> = {
    // First, for that of the role ends whatever comes before.
    statement_timeout: String(statementTimeoutMs),
    search_path: quoteIdentifier(schema),
    client_encoding: "'UTF8'",
    standard_conforming_strings: 'on',
    TimeZone: "'UTC'",
    DateStyle: "'ISO, YMD'",
    extra_float_digits: '1',
    bytea_output: "'hex'",
    transform_null_equals: 'off',
    client_min_messages: 'warning',
    default_transaction_isolation: "'read committed'",
    default_transaction_read_only: mode === 'read' ? 'on' : 'off',
    default_transaction_deferrable: 'off',
    lock_timeout: String(LOCK_TIMEOUT_MS),
    idle_in_transaction_session_timeout: '0',
    idle_session_timeout: '0',
    // Rows are grouped by their keys: as many groups as rows, which several processes sort faster than one hashes.
    enable_hashagg: mode === 'read' ? 'on' : 'off',
    hash_mem_multiplier: '4',
    work_mem: `'${Math.max(LEAST_WORK_MEM_KB, Math.round(workMemBytes / 1024))}kB'`,
  }
  return [
    ...Object.entries(settings).map(([name, value]) => `SET ${name} = ${value}`),
    CLIENT_CHECK,
    "SELECT current_setting('server_version_num'), current_setting('server_encoding')",
  ].join('; ')
}
