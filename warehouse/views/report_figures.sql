-- Figures 1 to 15 of the report. A figure's picture prints few numbers, and some of its data were
-- never published: then the view holds what is known, and note says what is missing. value is the
-- producer's own current figure unless note says whose print it is.

CREATE VIEW report_figure_1 AS
SELECT
    years.year, fact.value, fact.unit, fact.qualifier,
    coalesce('NSC, ' || fact.dataset || ', release ' || fact.release, 'none') AS source_note,
    CASE
        WHEN fact.value IS NULL
        THEN 'The report''s picture shows 2011 on without numbers; the files of NSC held here begin with 2017.'
    END AS note
FROM (SELECT unnest(range(2011, 2023)) AS year) AS years
LEFT JOIN country_flow AS fact
    ON fact.country = 'KGZ' AND fact.theme = 'immigration' AND fact.indicator = 'immigrants'
    AND fact.breakdown = 'total' AND fact.year = years.year
ORDER BY years.year;

COMMENT ON VIEW report_figure_1 IS 'Figure 1 of the report: immigrants by year, 2011 to 2022';

CREATE VIEW report_figure_2 AS
WITH line (position, partner, label) AS (
    VALUES
        (1, 'RUS', 'Russian Federation'), (2, 'USA', 'The United States'), (3, 'KAZ', 'Kazakhstan'),
        (4, 'TUR', 'Republic of Türkiye'), (5, 'OTH', 'Other countries'), (6, 'WLD', 'Total')
)
SELECT
    line.partner AS destination,
    line.label AS country_of_destination,
    fact.value,
    'persons' AS unit,
    fact.qualifier,
    CASE line.partner WHEN 'WLD' THEN 100 ELSE share.value END AS share,
    'MoLSSM, as the report prints it (section 3.2)' AS source_note,
    CASE
        WHEN fact.value IS NULL
        THEN 'Only the share is printed; the ministry''s number by country was never published.'
    END AS note
FROM line
LEFT JOIN stock AS fact
    ON fact.producer = 'molssm' AND fact.indicator = 'emigrants_registered'
    AND fact.origin = 'KGZ' AND fact.destination = line.partner AND fact.year = 2022
LEFT JOIN profile AS share
    ON share.producer = 'molssm' AND share.indicator = 'emigrants_registered'
    AND share.statistic = 'share' AND share.destination = line.partner AND share.year = 2022
ORDER BY line.position;

COMMENT ON VIEW report_figure_2 IS 'Figure 2 of the report: registered emigrants by country of destination, 2022';

CREATE VIEW report_figure_3 AS
SELECT
    years.year, fact.value, fact.unit, fact.qualifier,
    coalesce('NSC, ' || fact.dataset || ', release ' || fact.release, 'none') AS source_note,
    CASE
        WHEN fact.value IS NULL
        THEN 'The report''s picture shows 2011 on without numbers; the files of NSC held here begin with 2017.'
    END AS note
FROM (SELECT unnest(range(2011, 2023)) AS year) AS years
LEFT JOIN country_flow AS fact
    ON fact.country = 'KGZ' AND fact.theme = 'emigration' AND fact.indicator = 'emigrants'
    AND fact.breakdown = 'total' AND fact.year = years.year
ORDER BY years.year;

COMMENT ON VIEW report_figure_3 IS 'Figure 3 of the report: emigrants by year, 2011 to 2022';

CREATE VIEW report_figure_4 AS
SELECT
    years.year, fact.value, fact.unit, fact.qualifier, fact.universe,
    CASE
        WHEN fact.value IS NOT NULL
        THEN 'NSC, survey of households on COVID-19, as the report prints it (section 3.3)'
        ELSE 'none'
    END AS source_note,
    CASE
        WHEN fact.value IS NOT NULL
        THEN 'Another count than the picture''s: who came back in the pandemic, by the survey of households.'
        ELSE 'The picture is drawn from a paper of the World Bank (2022) without numbers; no producer publishes them.'
    END AS note
FROM (SELECT unnest(range(2000, 2022)) AS year) AS years
LEFT JOIN country_flow AS fact
    ON fact.country = 'KGZ' AND fact.theme = 'return_migration' AND fact.indicator = 'returns'
    AND fact.breakdown = 'total' AND fact.year = years.year
ORDER BY years.year;

COMMENT ON VIEW report_figure_4 IS 'Figure 4 of the report: return migrants, 2000 to 2021; its data were never published';

CREATE VIEW report_figure_5 AS
SELECT
    area.area,
    area.name_en AS location,
    fact.value,
    fact.unit,
    share.value AS share,
    'NSC, registered crimes of 2009 to 2022, as the report prints them (section 3.4)' AS source_note,
    'By year and location nothing was published; the printed locations make the printed total of '
        || '114.' AS note
FROM flow AS fact
JOIN area ON area.area = fact.destination AND area.parent = 'KGZ'
LEFT JOIN profile AS share
    ON share.indicator = fact.indicator AND share.destination = fact.destination
    AND share.year = fact.year AND share.statistic = 'share'
WHERE fact.indicator = 'trafficking_cases' AND fact.producer = 'nsc'
    AND fact.period_start = DATE '2009-01-01'
ORDER BY fact.value DESC, location;

COMMENT ON VIEW report_figure_5 IS 'Figure 5 of the report: registered crimes of human trafficking by location, 2009 to 2022';

CREATE VIEW report_figure_6 AS
SELECT
    years.year, fact.value, 'cases' AS unit, victims.value AS victims,
    coalesce(nullif(concat_ws('; ',
        CASE WHEN fact.value IS NOT NULL THEN 'NSC, as the report prints it (section 3.4)' END,
        CASE
            WHEN victims.value IS NOT NULL
            THEN 'victims: NSC, SDG 16.2.2, release ' || victims.release
        END
    ), ''), 'none') AS source_note,
    CASE
        WHEN fact.value IS NULL
        THEN 'The picture prints no numbers, and the text those of 2020 and 2022 only; 114 cases in all, 2009 to 2022. Victims are another count.'
    END AS note
FROM (SELECT unnest(range(2009, 2023)) AS year) AS years
LEFT JOIN country_flow AS fact
    ON fact.country = 'KGZ' AND fact.theme = 'undocumented_migration'
    AND fact.indicator = 'trafficking_cases' AND fact.breakdown = 'total'
    AND fact.year = years.year
LEFT JOIN country_flow AS victims
    ON victims.country = 'KGZ' AND victims.theme = 'undocumented_migration'
    AND victims.indicator = 'trafficking_victims' AND victims.breakdown = 'total'
    AND victims.year = years.year
ORDER BY years.year;

COMMENT ON VIEW report_figure_6 IS 'Figure 6 of the report: registered crimes of human trafficking by year, 2009 to 2022';

CREATE VIEW report_figure_7 AS
SELECT
    years.year, fact.value, 'persons' AS unit,
    CASE
        WHEN fact.value IS NOT NULL THEN 'NSC, as the report prints it (section 4.1)' ELSE 'none'
    END AS source_note,
    CASE
        WHEN fact.value IS NULL AND years.year < 2023
        THEN 'The picture prints no numbers, and the text that of 2022 only; '
            || round(whole.value)::INT || ' were granted the status from 2018 to 2022.'
        WHEN fact.value IS NULL THEN 'Named in the list of figures only; no figure is known.'
    END AS note
FROM (SELECT unnest(range(2018, 2024)) AS year) AS years
LEFT JOIN country_flow AS fact
    ON fact.country = 'KGZ' AND fact.theme = 'refugees_hosted'
    AND fact.indicator = 'refugee_status_granted' AND fact.breakdown = 'total'
    AND fact.year = years.year
LEFT JOIN flow AS whole
    ON whole.indicator = 'refugee_status_granted' AND whole.destination = 'KGZ'
    AND whole.breakdown = 'total' AND whole.period_start = DATE '2018-01-01'
    AND whole.period_end = DATE '2022-12-31'
ORDER BY years.year;

COMMENT ON VIEW report_figure_7 IS 'Figure 7 of the report: refugee status granted by year, 2018 to 2023';

CREATE VIEW report_figure_8 AS
SELECT
    partner AS destination,
    partner_en AS country_of_destination,
    year,
    value,
    unit,
    'UNHCR, population, release ' || release AS source_note,
    'A stock at the end of each year. The report adds the years, which counts the same people '
        || 'several times; here they are not added.' AS note
FROM country_stock
WHERE country = 'KGZ' AND theme = 'refugees_from' AND indicator = 'refugees'
    AND dimension = 'partner' AND year BETWEEN 2018 AND 2023
ORDER BY year, value DESC, destination;

COMMENT ON VIEW report_figure_8 IS 'Figure 8 of the report: refugees from Kyrgyzstan by country of destination, 2018 to 2023';

CREATE VIEW report_figure_9 AS
SELECT
    year,
    value,
    printed,
    'persons' AS unit,
    'UNHCR, population, release ' || release AS source_note,
    CASE
        WHEN year = 2023 THEN 'The report printed the stock of 30 June 2023; value is of 31 December.'
        ELSE 'A stock at the end of the year. The report takes shares of the sum of the years, which counts the same people several times.'
    END AS note
FROM report_table_cells
WHERE report_table = 6 AND partner = 'WLD'
ORDER BY year;

COMMENT ON VIEW report_figure_9 IS 'Figure 9 of the report: refugees from Kyrgyzstan by year, 2018 to 2023';

CREATE VIEW report_figure_10 AS
SELECT
    years.year, causes.cause, fact.value, 'displacements' AS counted, fact.obs_status,
    coalesce('IDMC, ' || fact.dataset || ', release ' || fact.release, 'none') AS source_note,
    CASE
        WHEN fact.value IS NULL THEN 'IDMC gives no figure for this year and cause.'
        ELSE 'Movements in the year; a person may be displaced more than once.'
    END AS note
FROM (SELECT unnest(range(2018, 2023)) AS year) AS years
CROSS JOIN (
    VALUES ('conflict', 'displacements_conflict'), ('disaster', 'displacements_disaster')
) AS causes (cause, indicator)
LEFT JOIN country_flow AS fact
    ON fact.country = 'KGZ' AND fact.theme = 'internal_displacement'
    AND fact.indicator = causes.indicator AND fact.breakdown = 'total' AND fact.year = years.year
ORDER BY years.year, causes.cause;

COMMENT ON VIEW report_figure_10 IS 'Figure 10 of the report: internal displacements by cause and year, 2018 to 2022';

CREATE VIEW report_figure_11 AS
SELECT
    sexes.sex, sexes.label, share.value AS share, share.base,
    CASE
        WHEN share.value IS NOT NULL
        THEN 'NSC, on request, as the report prints it (section 5)' ELSE 'none'
    END AS source_note,
    CASE
        WHEN share.value IS NULL
        THEN 'Not printed; no number by sex was published, so the rest is not worked out.'
    END AS note
FROM (VALUES (1, 'F', 'Female'), (2, 'M', 'Male')) AS sexes (position, sex, label)
LEFT JOIN profile AS share
    ON share.indicator = 'internal_moves' AND share.statistic = 'share'
    AND share.sex = sexes.sex AND share.reason = '_T' AND share.year = 2022
ORDER BY sexes.position;

COMMENT ON VIEW report_figure_11 IS 'Figure 11 of the report: internal migrants by sex, 2022, in per cent';

CREATE VIEW report_figure_12 AS
SELECT
    area.area,
    area.name_en AS location,
    NULL::DOUBLE AS arrivals,
    NULL::DOUBLE AS departures,
    whole.value AS moves_of_the_country,
    'NSC, on request, as the report prints it (section 5): moves between and within oblasts'
        AS source_note,
    'The picture prints no numbers; the text names Bishkek and Chui as the main destinations, '
        || 'Jalal-Abad and Naryn as the main origins.' AS note
FROM area
LEFT JOIN country_flow AS whole
    ON whole.country = 'KGZ' AND whole.theme = 'internal_migration'
    AND whole.indicator = 'internal_moves' AND whole.breakdown = 'total' AND whole.year = 2022
WHERE area.kind = 'subdivision' AND area.parent = 'KGZ'
ORDER BY location;

COMMENT ON VIEW report_figure_12 IS 'Figure 12 of the report: internal migrants by location, 2022; its data were never published';

CREATE VIEW report_figure_13 AS
SELECT
    years.year, fact.value, 'persons' AS unit, between_oblasts.value AS between_oblasts,
    within_oblasts.value AS within_oblasts,
    CASE
        WHEN fact.value IS NOT NULL
        THEN 'NSC, on request, as the report prints it (section 5)' ELSE 'none'
    END AS source_note,
    CASE
        WHEN fact.value IS NULL
        THEN 'The picture prints no numbers; the text says about 20,000 to 50,000 a year since 1991, most in 1991, fewer and fewer until 2001.'
    END AS note
FROM (SELECT unnest(range(1991, 2023)) AS year) AS years
LEFT JOIN country_flow AS fact
    ON fact.country = 'KGZ' AND fact.theme = 'internal_migration'
    AND fact.indicator = 'internal_moves' AND fact.breakdown = 'total' AND fact.year = years.year
LEFT JOIN flow AS between_oblasts
    ON between_oblasts.indicator = 'internal_moves' AND between_oblasts.year = years.year
    AND between_oblasts.origin = 'KGZ' AND between_oblasts.detail = 'level=inter_oblast'
LEFT JOIN flow AS within_oblasts
    ON within_oblasts.indicator = 'internal_moves' AND within_oblasts.year = years.year
    AND within_oblasts.origin = 'KGZ' AND within_oblasts.detail = 'level=intra_oblast'
ORDER BY years.year;

COMMENT ON VIEW report_figure_13 IS 'Figure 13 of the report: internal mobility, 1991 to 2022; its data were never published but for 2022';

CREATE VIEW report_figure_14 AS
WITH direction (position, direction, indicator) AS (
    VALUES (1, 'inflow', 'remittance_inflow'), (2, 'outflow', 'remittance_outflow'),
        (3, 'net', 'remittance_net')
),
held AS (
    SELECT indicator, year, freq, period_start, period_end, value, qualifier, source, published_in
    FROM flow
    WHERE 'KGZ' IN (origin, destination) AND 'WLD' IN (origin, destination)
        AND indicator LIKE 'remittance_%' AND detail = 'channel=money_transfer_systems'
        AND freq IN ('A', '_O')
    -- The longest span of a year that is held.
    QUALIFY row_number() OVER (
        PARTITION BY indicator, year ORDER BY period_end - period_start DESC, value DESC
    ) = 1
)
SELECT
    years.year, direction.direction, held.value / 1e6 AS million_usd, held.qualifier,
    held.period_start, held.period_end,
    coalesce('NBKR, in ' || held.published_in, 'none') AS source_note,
    CASE
        WHEN held.value IS NULL
        THEN 'NBKR''s monthly table was not fetched, and the picture prints no numbers.'
        WHEN held.freq = '_O' THEN 'Part of the year only.'
    END AS note
FROM (SELECT unnest(range(2018, 2024)) AS year) AS years
CROSS JOIN direction
LEFT JOIN held ON held.indicator = direction.indicator AND held.year = years.year
ORDER BY years.year, direction.position;

COMMENT ON VIEW report_figure_14 IS 'Figure 14 of the report: remittances through money transfer systems, 2018 to 2023, million USD';

CREATE VIEW report_figure_15 AS
SELECT
    fact.year,
    fact.value / 1e3 AS thousand_usd,
    printed.value / 1e3 AS printed,
    'NSC, ' || fact.dataset || ', release ' || fact.release AS source_note,
    CASE WHEN printed.value IS NULL THEN 'The picture prints no number for this year.' END AS note
FROM country_flow AS fact
LEFT JOIN flow AS printed
    ON printed.source = 'iom_report' AND printed.indicator = 'fdi_inflow'
    AND printed.breakdown = 'total' AND printed.year = fact.year
WHERE fact.country = 'KGZ' AND fact.theme = 'remittances' AND fact.indicator = 'fdi_inflow'
    AND fact.breakdown = 'total' AND fact.year BETWEEN 2018 AND 2022
ORDER BY fact.year;

COMMENT ON VIEW report_figure_15 IS 'Figure 15 of the report: inflow of foreign direct investment, 2018 to 2022, thousand USD';
