const HEADER = 'customer_id,name,email,city,credit_limit,is_active\n'

export const FIRST_DELIVERY: string = `${HEADER}1,Ada Moreau,ada@example.com,Lyon,5000.00,true
2,Bela Horvath,bela@example.com,Budapest,1200.00,true
3,Chen Yu,,Taipei,800.50,true
4,Dana Okafor,dana@example.com,Lagos,300.00,false
5,"Eriksson, Olle",olle@example.com,Malmö,2500.00,true
6,Fumiko 田中,fumiko@example.com,Osaka,950.00,true
7,Gil Navarro,gil@example.com,Valencia,,true
8,Hana Novak,hana@example.com,Brno,400.00,true
`

/** Customer 2 moved, 3 has an e-mail address at last, 7 a limit, 5 no city any more; 4 is gone; 9 and 10 are new. */
export const SECOND_DELIVERY: string = `${HEADER}1,Ada Moreau,ada@example.com,Lyon,5000.00,true
2,Bela Horvath,bela@example.com,Vienna,1500.00,true
3,Chen Yu,chen@example.com,Taipei,800.50,true
5,"Eriksson, Olle",olle@example.com,,2500.00,true
6,Fumiko 田中,fumiko@example.com,Osaka,950.00,true
7,Gil Navarro,gil@example.com,Valencia,650.00,true
8,Hana Novak,hana@example.com,Brno,400.00,true
9,Iris Lund,iris@example.com,Aarhus,100.00,true
10,João Prado,joao@example.com,Recife,0.00,false
`
