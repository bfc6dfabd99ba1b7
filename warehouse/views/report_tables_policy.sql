-- report_table_8, report_table_9: conventions and policies in the report's own shape.
CREATE VIEW report_table_8 AS
SELECT country, policy, ratification, source
FROM (
    SELECT
        country, position, title AS policy, cited_source AS source,
        CASE status WHEN 'ratified' THEN concat('Yes, ', ratified_year) ELSE 'No' END
            AS ratification
    FROM convention
    UNION ALL BY NAME
    SELECT
        country, max(position) + 1 AS position, 'Total' AS policy, NULL AS source,
        concat(count(*) FILTER (status = 'ratified'), '/', count(*)) AS ratification
    FROM convention
    GROUP BY country
)
ORDER BY country, position;

COMMENT ON VIEW report_table_8 IS
'Table 8 of the report: international conventions on migration, whether and when ratified';

CREATE VIEW report_table_9 AS
SELECT country, title AS policy_name, about AS policy_context, kind, year, cited_source AS source
FROM policy
WHERE contains(section, 'Table 9')
ORDER BY country, position;

COMMENT ON VIEW report_table_9 IS
'Table 9 of the report: national migration policies, described in our own words';
