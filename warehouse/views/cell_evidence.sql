-- cell_evidence: what the figures say for each cell of the matrix, before rules are applied.
--
-- known is the sum of the known parts (unknown, stateless, residual partners, unknown sex or age
-- and places that name no place are not parts); completeness is known as a share of the total of
-- the same indicator, year and dates, of the same release where it has one. Rows whose figures are all zeros that may have been rounded
-- are marked (all_rounded_zero): they never alone make a cell available. access is that of the
-- file which the figures came in, where it came by letter; else NULL, and the producer's counts.
CREATE VIEW cell_evidence AS
WITH annual AS (
    SELECT 'stock' AS measure, FALSE AS part_year, reference_date AS last_day, * EXCLUDE (reference_date)
    FROM country_stock
    UNION ALL BY NAME
    SELECT 'flow' AS measure, FALSE AS part_year, period_end AS last_day, * EXCLUDE (period_start, period_end)
    FROM country_flow
    UNION ALL BY NAME
    SELECT 'flow' AS measure, TRUE AS part_year, period_end AS last_day, * EXCLUDE (period_start, period_end)
    FROM country_flow_part_year
),
-- Months of a year that have a figure, for the breakdown by frequency.
monthly AS (
    SELECT
        country.country, ti.theme, 'flow' AS measure, fact.indicator, fact.unit, fact.universe,
        'frequency' AS dimension, 'frequency_monthly' AS breakdown, fact.year,
        max(fact.period_end) AS last_day, fact.producer, fact.source, fact.dataset, fact.release,
        count(DISTINCT fact.period_end) < 12 AS interim,
        count(*) AS observations,
        count(DISTINCT fact.period_end)::DOUBLE AS known,
        FALSE AS all_rounded_zero
    FROM flow AS fact
    JOIN theme_indicator AS ti ON ti.measure = 'flow' AND ti.indicator = fact.indicator
    JOIN country
        ON country.active
        AND CASE ti.side WHEN 'origin' THEN fact.origin ELSE fact.destination END = country.country
    WHERE fact.freq = 'M' AND fact.value IS NOT NULL
    GROUP BY ALL
),
marked AS (
    SELECT
        annual.*,
        CASE dimension
            WHEN 'partner' THEN partner_area.kind NOT IN ('special', 'residual')
            WHEN 'sex' THEN sex IN ('F', 'M')
            WHEN 'age' THEN age NOT IN ('_T', '_U')
            WHEN 'place' THEN unplaced.code IS NULL AND detail <> 'place='
            WHEN 'place_of_origin' THEN detail <> 'place='
            WHEN 'hazard' THEN detail <> 'hazard=Unknown'
            ELSE TRUE
        END AS is_known_part
    FROM annual
    JOIN area AS partner_area ON partner_area.area = annual.partner
    LEFT JOIN code AS unplaced
        ON unplaced.list = 'unhcr_place_unknown' AND 'place=' || unplaced.code = annual.detail
),
totals AS (
    SELECT country, theme, measure, indicator, unit, universe, year, last_day, max(value) AS total
    FROM annual
    WHERE dimension = 'total'
    GROUP BY ALL
),
-- Revisions of one source differ, so parts are held against a total of their own release where it
-- has one: UN DESA's ages are of revision 2020 while its newest totals are of 2024.
totals_of_release AS (
    SELECT
        country.country, ti.theme, fact.measure, fact.indicator, fact.unit, fact.universe,
        fact.year, fact.last_day, fact.source, fact.release, max(fact.value) AS total
    FROM (
        SELECT 'stock' AS measure, reference_date AS last_day, * EXCLUDE (reference_date)
        FROM stock
        UNION ALL BY NAME
        SELECT 'flow' AS measure, period_end AS last_day, * EXCLUDE (period_start, period_end)
        FROM flow
    ) AS fact
    JOIN theme_indicator AS ti ON ti.measure = fact.measure AND ti.indicator = fact.indicator
    JOIN country
        ON country.active
        AND CASE ti.side
            WHEN 'destination' THEN fact.destination = country.country AND fact.origin = 'WLD'
            WHEN 'origin' THEN fact.origin = country.country AND fact.destination = 'WLD'
            ELSE fact.origin = country.country AND fact.destination = country.country
        END
    WHERE fact.breakdown = 'total' AND fact.freq = 'A' AND fact.value IS NOT NULL
    GROUP BY ALL
),
told AS (
    SELECT
        country, theme, measure, indicator, unit, universe, dimension, breakdown, year, last_day,
        producer, source, dataset, release,
        bool_or(part_year OR obs_status = 'P') AS interim,
        count(*) FILTER (value IS NOT NULL) AS observations,
        coalesce(sum(value) FILTER (is_known_part), 0) AS known,
        bool_and(value = 0 AND precision > 0) FILTER (value IS NOT NULL) AS all_rounded_zero
    FROM marked
    WHERE dimension <> 'cases'
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT * FROM monthly
),
-- Of the files of a release the one that landed last counts for a country.
access_of AS (
    SELECT
        country.country, e.source, e.dataset, e.release,
        nullif(arg_max(coalesce(e.access, ''), e.landed_order), '') AS access
    FROM country
    JOIN extract AS e
        ON e.accepted
        AND (e.scope = 'ALL' OR list_contains(string_split(e.scope, ';'), country.country))
    GROUP BY ALL
)
SELECT
    told.*,
    access_of.access,
    coalesce(totals_of_release.total, totals.total) AS total,
    CASE
        WHEN told.dimension IN ('total', 'decision', 'frequency') THEN 1.0
        WHEN coalesce(totals_of_release.total, totals.total) > 0
        THEN told.known / coalesce(totals_of_release.total, totals.total)
    END AS completeness
FROM told
LEFT JOIN access_of
    ON access_of.country = told.country AND access_of.source = told.source
    AND access_of.dataset = told.dataset AND access_of.release = told.release
LEFT JOIN totals
    ON totals.country = told.country AND totals.theme = told.theme
    AND totals.measure = told.measure AND totals.indicator = told.indicator
    AND totals.unit = told.unit AND totals.universe = told.universe
    AND totals.year = told.year AND totals.last_day = told.last_day
LEFT JOIN totals_of_release
    ON totals_of_release.country = told.country AND totals_of_release.theme = told.theme
    AND totals_of_release.measure = told.measure
    AND totals_of_release.indicator = told.indicator AND totals_of_release.unit = told.unit
    AND totals_of_release.universe = told.universe AND totals_of_release.year = told.year
    AND totals_of_release.last_day = told.last_day
    AND totals_of_release.source = told.source AND totals_of_release.release = told.release;

COMMENT ON VIEW cell_evidence IS 'What the figures say for each cell of the matrix: known parts against the total of the same universe';
