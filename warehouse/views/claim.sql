-- claim(id): the number that the report prints, by its claim_id; NULL where there is none.
CREATE MACRO claim(id) AS (SELECT printed_value FROM report_claim WHERE claim_id = id)
