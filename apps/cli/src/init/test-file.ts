/** The test of a new project: three deliveries, and what comes of them. */
export function testFile(): string {
  return `#:schema ../node_modules/@qarion/config/schemas/test.schema.json

# \`qarion test\` runs this in a place of its own; \`qarion test --write\` renews what is expected.
description = "A customer moves, leaves and comes back."
flow = "customers"

[[deliveries]]
csv = '''
customer_id,name,city
1,Ada,Lyon
2,Bela,Budapest
3,Chen,Taipei
4,Dana,Lagos
'''

[[deliveries]]
csv = '''
customer_id,name,city
1,Ada,Lyon
2,Bela,Vienna
3,Chen,Taipei
'''

# The header says which columns are compared.
[[deliveries.expect]]
dataset = "change_feed"
batch = 2
csv = '''
customer_id,city,xt_record_type,xt_changed_columns
2,Vienna,changed,"[""city""]"
4,Lagos,deleted,
'''

[[deliveries]]
csv = '''
customer_id,name,city
1,Ada,Lyon
2,Bela,Vienna
3,Chen,Taipei
4,Dana,Abuja
'''

[[deliveries.expect]]
dataset = "change_feed"
batch = 3
csv = '''
customer_id,city,xt_record_type
4,Abuja,reinserted
'''

[[deliveries.expect]]
dataset = "current"
csv = '''
customer_id,city
1,Lyon
2,Vienna
3,Taipei
4,Abuja
'''

# A delivery that is cut off is refused.
[[deliveries]]
fails = "QRN-FEED-103"
csv = '''
customer_id,name,city
1,Ada,Lyon
'''
`
}
