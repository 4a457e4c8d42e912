/** The README of a new project. */
export function readmeFile(name: string): string {
  return `# ${name}

Deliveries of customers as CSV files in, a feed of what changed out. Made by \`qarion init\`.

\`\`\`sh
npm install                      # Qarion and the plugins that package.json names
npx qarion plan                  # what a run would do; writes nothing
npx qarion run                   # loads both deliveries, one batch each
npx qarion diff customers        # what changed, old → new
npx qarion show customers.current
npx qarion test                  # deliveries and what comes of them; touches no data
\`\`\`

Put the next delivery into \`data/customers\` (\`customers_2024-01-03.csv\`) and run again: only the new file is loaded.

| file                  | what it says                                                      |
| --------------------- | ----------------------------------------------------------------- |
| \`qarion.toml\`         | the project, its engine, its environments                         |
| \`flows/customers.toml\` | one flow: columns, key, where deliveries come from, what is refused |
| \`tests/customers.toml\` | deliveries, and the rows that are expected after each              |
| \`data/customers/\`     | the deliveries                                                    |
| \`data/${name}.db\`       | the database, made by the first run                               |
`
}
