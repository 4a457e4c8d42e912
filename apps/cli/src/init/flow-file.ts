/** The flow of a new project, with a reason next to every choice. */
export function flowFile(): string {
  return `#:schema ../node_modules/@qarion/config/schemas/flow.schema.json

id = "customers"
name = "Customers"
description = "What changed between two deliveries of the customer list."
flow_type = "change_feed"
namespace = "raw"

[input]
# Rows are the same customer where these columns are equal.
primary_key = ["customer_id"]
columns = [
  { name = "customer_id", schema_type = "integer", required = true },
  { name = "name", schema_type = "string", required = true },
  { name = "email", schema_type = "string" },
  { name = "city", schema_type = "string" },
  { name = "credit_limit", schema_type = "decimal", precision = 12, scale = 2 },
  { name = "is_active", schema_type = "boolean" },
]

[properties]
# A delivery in which more than this part of the customers is missing is refused: it is more likely
# cut off than true. \`qarion run --accept mass_delete --reason "…"\` lets one through.
max_deleted_fraction = 0.3
# A change in any of these makes a row "changed"; without the line, in any column but the key.
# change_detection_columns = ["email", "city", "credit_limit"]

[properties.load]
source_path = "data/customers"
# Each new file is a batch. Its time is the day in its name.
file_pattern = "customers_{batch_time:yyyy-MM-dd}.csv"
format = "csv"
`
}
