/** Version of the documents that `--json` prints; grows when one changes so that readers would break. */
export const DOCUMENT_VERSION = 1
