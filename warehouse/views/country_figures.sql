-- country_stock, country_flow: what a country's analyst asks for.
--
-- For each country, theme, indicator, breakdown and year one dataset (table preference, rank 1
-- first), one additive set, annual figures only; totals that the publisher leaves to be summed are
-- derived (derived = true), with unknown and stateless partners in them. A sum that holds a missing
-- or suppressed part is at_least. Figures of extracts that are not complete for the country are
-- left out, and a country takes the newest release that is complete for it: a pair of two countries
-- may be superseded for one of them only. The query of country_parts.sql stands in it. Placeholders:
-- ${measure} stock or flow, ${period} the columns that date a figure, ${frequency} the condition on
-- freq, ${known} the condition on the releases that count.
WITH parts AS (
${parts}
),
summed AS (
    SELECT
        country,
        theme,
        indicator,
        dimension,
        partner,
        sex,
        age,
        education,
        employment,
        reason,
        detail,
        year,
        ${period},
        unit,
        universe,
        source,
        producer,
        dataset,
        release,
        additive_set,
        sum(value) AS value,
        max(precision) AS precision,
        count(*) AS parts,
        count(*) FILTER (obs_status IN ('O', 'Q')) AS missing_parts,
        bool_or(obs_status = 'P') AS provisional,
        max(obs_status) AS last_status,
        count(DISTINCT obs_status) AS statuses,
        bool_or(qualifier = 'at_least') AS some_at_least,
        bool_or(qualifier = 'at_most') AS some_at_most,
        bool_or(qualifier = 'about') AS some_about,
        min(own_breakdown) AS least_breakdown
    FROM parts
    GROUP BY ALL
),
figures AS (
    SELECT
        * EXCLUDE (
            parts, missing_parts, provisional, last_status, statuses, some_at_least, some_at_most,
            some_about, least_breakdown
        ),
        CASE
            WHEN statuses = 1 THEN last_status
            WHEN missing_parts = parts THEN 'O'
            WHEN provisional THEN 'P'
            ELSE 'A'
        END AS obs_status,
        CASE
            WHEN missing_parts = parts THEN NULL
            WHEN some_about OR (some_at_most AND (some_at_least OR missing_parts > 0)) THEN 'about'
            WHEN some_at_least OR missing_parts > 0 THEN 'at_least'
            WHEN some_at_most THEN 'at_most'
        END AS qualifier,
        parts > 1 OR least_breakdown <> CASE dimension
            WHEN 'partner' THEN 'origin+destination'
            ELSE dimension
        END AS derived
    FROM summed
)
SELECT
    figures.country,
    figures.theme,
    figures.indicator,
    coalesce(theme_breakdown.breakdown, figures.dimension) AS breakdown,
    figures.partner,
    figures.sex,
    figures.age,
    figures.education,
    figures.employment,
    figures.reason,
    figures.detail,
    figures.year,
    figures.value,
    figures.unit,
    figures.obs_status,
    figures.qualifier,
    figures.source,
    figures.dataset,
    figures.release,
    figures.derived,
    ${figure_period},
    figures.universe,
    figures.precision,
    figures.dimension,
    figures.producer,
    figures.additive_set,
    country_area.name_en AS country_en,
    country_area.name_ru AS country_ru,
    country_area.name_ky AS country_ky,
    theme.name_en AS theme_en,
    theme.name_ru AS theme_ru,
    theme.name_ky AS theme_ky,
    indicator.name_en AS indicator_en,
    indicator.name_ru AS indicator_ru,
    indicator.name_ky AS indicator_ky,
    breakdown_code.name_en AS breakdown_en,
    breakdown_code.name_ru AS breakdown_ru,
    breakdown_code.name_ky AS breakdown_ky,
    partner_area.name_en AS partner_en,
    partner_area.name_ru AS partner_ru,
    partner_area.name_ky AS partner_ky,
    sex_code.name_en AS sex_en,
    sex_code.name_ru AS sex_ru,
    sex_code.name_ky AS sex_ky,
    age_code.name_en AS age_en,
    age_code.name_ru AS age_ru,
    age_code.name_ky AS age_ky
FROM figures
JOIN theme USING (theme)
JOIN indicator USING (indicator)
JOIN area AS country_area ON country_area.area = figures.country
JOIN area AS partner_area ON partner_area.area = figures.partner
JOIN code AS sex_code ON sex_code.list = 'sex' AND sex_code.code = figures.sex
JOIN code AS age_code ON age_code.list = 'age' AND age_code.code = figures.age
LEFT JOIN theme_breakdown
    ON theme_breakdown.theme = figures.theme AND theme_breakdown.measure = '${measure}'
    AND theme_breakdown.dimension = figures.dimension
LEFT JOIN code AS breakdown_code
    ON breakdown_code.list = 'breakdown'
    AND breakdown_code.code = coalesce(theme_breakdown.breakdown, figures.dimension)
