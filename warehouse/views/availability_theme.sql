-- availability_<theme>: the report's own shape, one row a year, newest first, one column a measure
-- and breakdown.
CREATE VIEW availability_${theme} AS
SELECT country, year, ${columns}
FROM availability_matrix
WHERE theme = '${theme}'
GROUP BY country, year
ORDER BY country, year DESC;

COMMENT ON VIEW availability_${theme} IS 'Availability by year, newest first, one column a measure and breakdown';
