-- cell_evidence: what the figures say for each cell of the matrix, before rules are applied.
--
-- known is the sum of the known parts (unknown, stateless, residual partners, unknown sex or age
-- and places that name no place are not parts); completeness is known as a share of the total of
-- the same indicator, year and dates. Rows whose figures are all zeros that may have been rounded
-- are marked (all_rounded_zero): they never alone make a cell available.
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
marked AS (
    SELECT
        annual.*,
        CASE dimension
            WHEN 'partner' THEN partner_area.kind NOT IN ('special', 'residual')
            WHEN 'sex' THEN sex IN ('F', 'M')
            WHEN 'age' THEN age NOT IN ('_T', '_U')
            WHEN 'place' THEN unplaced.code IS NULL AND detail <> 'place='
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
)
SELECT
    marked.country,
    marked.theme,
    marked.measure,
    marked.indicator,
    marked.dimension,
    marked.breakdown,
    marked.year,
    marked.last_day,
    marked.part_year OR bool_or(marked.obs_status = 'P') AS interim,
    marked.producer,
    marked.source,
    marked.dataset,
    marked.release,
    count(*) FILTER (value IS NOT NULL) AS observations,
    coalesce(sum(value) FILTER (is_known_part), 0) AS known,
    totals.total,
    CASE
        WHEN marked.dimension IN ('total', 'decision') THEN 1.0
        WHEN totals.total > 0 THEN coalesce(sum(value) FILTER (is_known_part), 0) / totals.total
    END AS completeness,
    bool_and(value = 0 AND precision > 0) FILTER (value IS NOT NULL) AS all_rounded_zero
FROM marked
LEFT JOIN totals
    ON totals.country = marked.country AND totals.theme = marked.theme
    AND totals.measure = marked.measure AND totals.indicator = marked.indicator
    AND totals.unit = marked.unit AND totals.universe = marked.universe
    AND totals.year = marked.year AND totals.last_day = marked.last_day
WHERE marked.dimension <> 'cases'
GROUP BY ALL;

COMMENT ON VIEW cell_evidence IS 'What the figures say for each cell of the matrix: known parts against the total of the same universe';
