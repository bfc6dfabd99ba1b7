-- Tables 3 to 7 of the report, in its shape: the producers' own figures, with what the report
-- printed beside them. One row a line of the table, in its order; the row Other holds all that the
-- table does not list, Total the whole.

-- report_table_cells: Tables 4 to 7 one row a cell. value is UNHCR's current figure, printed the
-- report's, applications (Table 5) new applications for asylum of the year, persons.
CREATE VIEW report_table_cells AS
WITH line (report_table, position, partner, label) AS (
    VALUES
        (4, 1, 'AFG', 'Afghanistan'), (4, 2, 'SYR', 'Syrian Arab Rep.'),
        (4, 3, 'UKR', 'Ukraine (UKR)'), (4, 4, 'IRQ', 'Iraq (IRQ)'),
        (5, 1, 'AFG', 'Afghanistan'), (5, 2, 'SYR', 'Syrian Arab Rep.'),
        (5, 3, 'UKR', 'Ukraine (UKR)'), (5, 4, 'IRQ', 'Iraq (IRQ)'),
        (6, 1, 'FRA', 'France (FRA)'), (6, 2, 'CAN', 'Canada (CAN)'),
        (6, 3, 'TUR', 'Republic of Türkiye (TUR)'), (6, 4, 'BEL', 'Belgium (BEL)'),
        (7, 1, 'FRA', 'France (FRA)'), (7, 2, 'CAN', 'Canada (CAN)'),
        (7, 3, 'TUR', 'Republic of Türkiye (TUR)'), (7, 4, 'BEL', 'Belgium (BEL)')
),
asked (report_table, theme, indicator, side) AS (
    VALUES
        (4, 'refugees_hosted', 'refugees', 'destination'),
        (5, 'refugees_hosted', 'asylum_seekers', 'destination'),
        (6, 'refugees_from', 'refugees', 'origin'),
        (7, 'refugees_from', 'asylum_seekers', 'origin')
),
years AS (
    SELECT unnest(range(2018, 2024)) AS year
),
ours AS (
    SELECT
        asked.report_table, fact.year,
        CASE fact.dimension WHEN 'total' THEN 'WLD' ELSE coalesce(line.partner, 'OTH') END AS partner,
        sum(fact.value) AS value,
        max(fact.release) AS release
    FROM asked
    JOIN country_stock AS fact
        ON fact.country = 'KGZ' AND fact.theme = asked.theme
        AND fact.indicator = asked.indicator AND fact.dimension IN ('total', 'partner')
    LEFT JOIN line ON line.report_table = asked.report_table AND line.partner = fact.partner
    GROUP BY ALL
),
applied AS (
    SELECT
        asked.report_table, fact.year,
        CASE fact.dimension WHEN 'total' THEN 'WLD' ELSE coalesce(line.partner, 'OTH') END AS partner,
        sum(fact.value) AS value
    FROM asked
    JOIN country_flow AS fact
        ON fact.country = 'KGZ' AND fact.theme = asked.theme AND asked.report_table = 5
        AND fact.indicator = 'asylum_applications' AND fact.dimension IN ('total', 'partner')
    LEFT JOIN line ON line.report_table = asked.report_table AND line.partner = fact.partner
    GROUP BY ALL
),
printed AS (
    SELECT
        asked.report_table, fact.year, fact.value,
        CASE asked.side WHEN 'origin' THEN fact.destination ELSE fact.origin END AS partner
    FROM asked
    JOIN stock_history AS fact
        ON fact.source = 'iom_report' AND fact.dataset = 'tables'
        AND fact.indicator = asked.indicator
        AND CASE asked.side
            WHEN 'origin' THEN fact.origin = 'KGZ' ELSE fact.destination = 'KGZ'
        END
),
lines AS (
    SELECT * FROM line
    UNION ALL
    SELECT report_table, 5, 'OTH', 'Other' FROM asked
    UNION ALL
    SELECT report_table, 6, 'WLD', 'Total' FROM asked
)
SELECT
    lines.report_table, lines.position, lines.partner, lines.label, years.year,
    CASE WHEN total.value IS NOT NULL THEN coalesce(ours.value, 0) END AS value,
    printed.value AS printed,
    CASE
        WHEN lines.report_table = 5 AND all_applied.value IS NOT NULL
        THEN coalesce(applied.value, 0)
    END AS applications,
    total.release
FROM lines
CROSS JOIN years
LEFT JOIN ours USING (report_table, partner, year)
LEFT JOIN applied USING (report_table, partner, year)
LEFT JOIN printed USING (report_table, partner, year)
LEFT JOIN ours AS total
    ON total.report_table = lines.report_table AND total.year = years.year
    AND total.partner = 'WLD'
LEFT JOIN applied AS all_applied
    ON all_applied.report_table = lines.report_table AND all_applied.year = years.year
    AND all_applied.partner = 'WLD';

COMMENT ON VIEW report_table_cells IS 'Tables 4 to 7 of the report, one row a cell: the current figure of UNHCR and the printed one';

CREATE VIEW report_table_3 AS
WITH line (position, partner, label) AS (
    VALUES
        (1, 'WLD', 'Total'), (2, 'RUS', 'Russian Federation'), (3, 'DEU', 'Germany'),
        (4, 'UKR', 'Ukraine'), (5, 'TJK', 'Tajikistan'), (6, 'KAZ', 'Kazakhstan'),
        (7, 'USA', 'The United States'), (8, 'OTH', 'Other')
),
surveyed AS (
    SELECT destination AS partner, producer, value
    FROM stock
    WHERE source = 'iom_report' AND dataset = 'figures' AND indicator = 'workers_abroad'
        AND origin = 'KGZ'
),
printed AS (
    SELECT destination AS partner, value
    FROM stock
    WHERE source = 'iom_report' AND dataset = 'tables' AND indicator = 'migrants'
        AND origin = 'KGZ'
),
undesa AS (
    SELECT
        fact.year, fact.release,
        CASE WHEN fact.breakdown = 'total' THEN 'WLD' ELSE coalesce(line.partner, 'OTH') END AS partner,
        sum(fact.value) AS value
    FROM stock_history AS fact
    LEFT JOIN line ON line.partner = fact.destination
    WHERE fact.source = 'undesa' AND fact.dataset = 'destination_origin' AND fact.origin = 'KGZ'
        AND (fact.breakdown = 'total' OR fact.additive_set = 'pairs')
        AND (fact.release, fact.year) IN (('2019', 2019), ('2024', 2024))
    GROUP BY ALL
)
SELECT
    line.label AS country,
    l2ck.value AS work_abroad_l2ck_2021,
    round(100 * l2ck.value / l2ck_total.value) AS work_abroad_l2ck_2021_share,
    undesa_2019.value AS live_abroad_undesa_2019,
    round(100 * undesa_2019.value / undesa_2019_total.value) AS live_abroad_undesa_2019_share,
    printed.value AS live_abroad_undesa_2019_printed,
    undesa_2024.value AS live_abroad_undesa_2024,
    kihs.value AS work_abroad_kihs_2018,
    round(100 * kihs.value / kihs_total.value) AS work_abroad_kihs_2018_share,
    'L2CK and KIHS: as the report prints them from a paper of the World Bank; UN DESA: its own '
        || 'tables, revision 2019 for 2019 and, beside it, revision 2024 for 2024, which names '
        || 'neither Germany nor the United States. Other is the sum of all other countries: in '
        || 'revision 2019 the countries make 12 more than the published total.'
        AS source_note
FROM line
LEFT JOIN surveyed AS l2ck ON l2ck.partner = line.partner AND l2ck.producer = 'l2ck'
LEFT JOIN surveyed AS l2ck_total ON l2ck_total.partner = 'WLD' AND l2ck_total.producer = 'l2ck'
LEFT JOIN surveyed AS kihs ON kihs.partner = line.partner AND kihs.producer = 'kihs'
LEFT JOIN surveyed AS kihs_total ON kihs_total.partner = 'WLD' AND kihs_total.producer = 'kihs'
LEFT JOIN printed ON printed.partner = line.partner
LEFT JOIN undesa AS undesa_2019
    ON undesa_2019.partner = line.partner AND undesa_2019.year = 2019
LEFT JOIN undesa AS undesa_2019_total
    ON undesa_2019_total.partner = 'WLD' AND undesa_2019_total.year = 2019
LEFT JOIN undesa AS undesa_2024
    ON undesa_2024.partner = line.partner AND undesa_2024.year = 2024
ORDER BY line.position;

COMMENT ON VIEW report_table_3 IS 'Table 3 of the report: emigrants by country of destination, three sources of various years';

CREATE VIEW report_table_4 AS
SELECT
    label AS country_of_origin,
    max(value) FILTER (year = 2018) AS refugees_2018,
    max(printed) FILTER (year = 2018) AS refugees_2018_printed,
    max(value) FILTER (year = 2019) AS refugees_2019,
    max(printed) FILTER (year = 2019) AS refugees_2019_printed,
    max(value) FILTER (year = 2020) AS refugees_2020,
    max(printed) FILTER (year = 2020) AS refugees_2020_printed,
    max(value) FILTER (year = 2021) AS refugees_2021,
    max(printed) FILTER (year = 2021) AS refugees_2021_printed,
    max(value) FILTER (year = 2022) AS refugees_2022,
    max(printed) FILTER (year = 2022) AS refugees_2022_printed,
    max(value) FILTER (year = 2023) AS refugees_2023,
    max(printed) FILTER (year = 2023) AS refugees_2023_printed,
    'UNHCR, Refugee Population Statistics, population: end-year figures of the '
        || 'current release. The report printed those of the mid-year release of 2023, '
        || 'whose 2023 is of 30 June.'
        AS source_note
FROM report_table_cells
WHERE report_table = 4
GROUP BY position, label
ORDER BY position;

COMMENT ON VIEW report_table_4 IS 'Table 4 of the report: Refugees in Kyrgyzstan by country of origin, 2018 to 2023, UNHCR''s current figures beside the printed ones';

CREATE VIEW report_table_5 AS
SELECT
    label AS country_of_origin,
    max(value) FILTER (year = 2018) AS asylum_seekers_2018,
    max(printed) FILTER (year = 2018) AS asylum_seekers_2018_printed,
    max(applications) FILTER (year = 2018) AS applications_2018,
    max(value) FILTER (year = 2019) AS asylum_seekers_2019,
    max(printed) FILTER (year = 2019) AS asylum_seekers_2019_printed,
    max(applications) FILTER (year = 2019) AS applications_2019,
    max(value) FILTER (year = 2020) AS asylum_seekers_2020,
    max(printed) FILTER (year = 2020) AS asylum_seekers_2020_printed,
    max(applications) FILTER (year = 2020) AS applications_2020,
    max(value) FILTER (year = 2021) AS asylum_seekers_2021,
    max(printed) FILTER (year = 2021) AS asylum_seekers_2021_printed,
    max(applications) FILTER (year = 2021) AS applications_2021,
    max(value) FILTER (year = 2022) AS asylum_seekers_2022,
    max(printed) FILTER (year = 2022) AS asylum_seekers_2022_printed,
    max(applications) FILTER (year = 2022) AS applications_2022,
    max(value) FILTER (year = 2023) AS asylum_seekers_2023,
    max(printed) FILTER (year = 2023) AS asylum_seekers_2023_printed,
    max(applications) FILTER (year = 2023) AS applications_2023,
    'UNHCR, Refugee Population Statistics: the stock of asylum seekers at the end '
        || 'of the year, current release, and beside it new applications (persons). The '
        || 'report printed new applications for 2019 to 2022 and a stock of 30 June for '
        || '2023 under one title.'
        AS source_note
FROM report_table_cells
WHERE report_table = 5
GROUP BY position, label
ORDER BY position;

COMMENT ON VIEW report_table_5 IS 'Table 5 of the report: Asylum seekers in Kyrgyzstan by country of origin, 2018 to 2023, UNHCR''s current figures beside the printed ones';

CREATE VIEW report_table_6 AS
SELECT
    label AS country_of_destination,
    max(value) FILTER (year = 2018) AS refugees_2018,
    max(printed) FILTER (year = 2018) AS refugees_2018_printed,
    max(value) FILTER (year = 2019) AS refugees_2019,
    max(printed) FILTER (year = 2019) AS refugees_2019_printed,
    max(value) FILTER (year = 2020) AS refugees_2020,
    max(printed) FILTER (year = 2020) AS refugees_2020_printed,
    max(value) FILTER (year = 2021) AS refugees_2021,
    max(printed) FILTER (year = 2021) AS refugees_2021_printed,
    max(value) FILTER (year = 2022) AS refugees_2022,
    max(printed) FILTER (year = 2022) AS refugees_2022_printed,
    max(value) FILTER (year = 2023) AS refugees_2023,
    max(printed) FILTER (year = 2023) AS refugees_2023_printed,
    'UNHCR, Refugee Population Statistics, population: end-year figures of the '
        || 'current release. The report printed those of the mid-year release of 2023, '
        || 'whose 2023 is of 30 June; its lines do not make its totals in three years.'
        AS source_note
FROM report_table_cells
WHERE report_table = 6
GROUP BY position, label
ORDER BY position;

COMMENT ON VIEW report_table_6 IS 'Table 6 of the report: Refugees from Kyrgyzstan by country of destination, 2018 to 2023, UNHCR''s current figures beside the printed ones';

CREATE VIEW report_table_7 AS
SELECT
    label AS country_of_destination,
    max(value) FILTER (year = 2018) AS asylum_seekers_2018,
    max(printed) FILTER (year = 2018) AS asylum_seekers_2018_printed,
    max(value) FILTER (year = 2019) AS asylum_seekers_2019,
    max(printed) FILTER (year = 2019) AS asylum_seekers_2019_printed,
    max(value) FILTER (year = 2020) AS asylum_seekers_2020,
    max(printed) FILTER (year = 2020) AS asylum_seekers_2020_printed,
    max(value) FILTER (year = 2021) AS asylum_seekers_2021,
    max(printed) FILTER (year = 2021) AS asylum_seekers_2021_printed,
    max(value) FILTER (year = 2022) AS asylum_seekers_2022,
    max(printed) FILTER (year = 2022) AS asylum_seekers_2022_printed,
    max(value) FILTER (year = 2023) AS asylum_seekers_2023,
    max(printed) FILTER (year = 2023) AS asylum_seekers_2023_printed,
    'UNHCR, Refugee Population Statistics, population: end-year figures of the '
        || 'current release. The report printed those of the mid-year release of 2023, '
        || 'whose 2023 is of 30 June.'
        AS source_note
FROM report_table_cells
WHERE report_table = 7
GROUP BY position, label
ORDER BY position;

COMMENT ON VIEW report_table_7 IS 'Table 7 of the report: Asylum seekers from Kyrgyzstan by country of destination, 2018 to 2023, UNHCR''s current figures beside the printed ones';
