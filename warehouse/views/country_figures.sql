-- country_stock, country_flow: what a country's analyst asks for.
--
-- For each country, theme, indicator, breakdown and year one dataset (table preference, rank 1
-- first), one additive set, annual figures only; totals that the publisher leaves to be summed are
-- derived (derived = true), with unknown and stateless partners in them. A sum that holds a missing
-- or suppressed part is at_least. Figures of extracts that are not complete for the country are
-- left out, and a country takes the newest release that is complete for it: a pair of two countries
-- may be superseded for one of them only. Placeholders: ${measure} stock or flow, ${period} the
-- columns that date a figure, ${frequency} the condition on freq, ${known} the condition on the
-- releases that count.
WITH complete AS (
    SELECT
        country.country, e.extract_id, e.source, e.dataset, r.known_on_to, d.current_rule,
        max(r.known_on_to) OVER (
            PARTITION BY country.country, e.source, e.dataset
        ) AS newest
    FROM country
    JOIN extract AS e
        ON country.active AND e.accepted
        AND (e.scope = 'ALL' OR list_contains(string_split(e.scope, ';'), country.country))
    JOIN release AS r
        ON r.source = e.source AND r.dataset = e.dataset AND r.release = e.release
    JOIN dataset AS d ON d.source = e.source AND d.dataset = e.dataset
    WHERE ${known}
),
-- In datasets of rule `window`, years that left the newest release stay.
in_windows AS (
    SELECT country, source, dataset, extract_id, known_on_to
    FROM complete
    WHERE current_rule = 'window'
),
window_year AS (
    SELECT country, source, dataset, year, max(known_on_to) AS newest
    FROM (
        SELECT w.*, fact.year FROM in_windows AS w JOIN stock_history AS fact USING (extract_id)
        UNION
        SELECT w.*, fact.year FROM in_windows AS w JOIN flow_history AS fact USING (extract_id)
    )
    GROUP BY ALL
),
country_of_area AS (
    SELECT area, CASE WHEN kind = 'subdivision' THEN parent ELSE area END AS country
    FROM area
),
looked_at AS (
    SELECT
        country.country,
        p.theme,
        p.indicator,
        p.dimension,
        p.rank,
        CASE ti.side
            WHEN 'destination' THEN fact.origin
            WHEN 'origin' THEN fact.destination
            ELSE country.country
        END AS other_side,
        -- Where in the country: an oblast, or the country itself.
        CASE
            WHEN ti.side = 'origin' OR (ti.side = 'within' AND p.dimension = 'place_of_origin')
            THEN fact.origin
            ELSE fact.destination
        END AS own_side,
        fact.*
    FROM ${measure}_history AS fact
    JOIN preference AS p
        ON p.indicator = fact.indicator AND p.source = fact.source AND p.dataset = fact.dataset
        AND p.unit = fact.unit AND p.measure = '${measure}'
        AND CASE
            WHEN p.additive_set IS NULL THEN fact.breakdown = 'total'
            ELSE fact.additive_set GLOB p.additive_set
        END
    JOIN country_of_area AS origin_area ON origin_area.area = fact.origin
    JOIN country_of_area AS destination_area ON destination_area.area = fact.destination
    JOIN theme_indicator AS ti
        ON ti.theme = p.theme AND ti.measure = p.measure AND ti.indicator = p.indicator
    JOIN country
        ON country.active
        AND CASE ti.side
            WHEN 'destination' THEN destination_area.country = country.country
            WHEN 'origin' THEN origin_area.country = country.country
            ELSE origin_area.country = country.country
                AND destination_area.country = country.country
        END
        -- Figures of oblasts are parts of a split by place and of nothing else.
        AND (
            p.dimension IN ('place', 'place_of_origin')
            OR CASE ti.side
                WHEN 'destination' THEN fact.destination = country.country
                WHEN 'origin' THEN fact.origin = country.country
                ELSE fact.origin = country.country AND fact.destination = country.country
            END
        )
    JOIN complete
        ON complete.extract_id = fact.extract_id AND complete.country = country.country
    LEFT JOIN window_year AS w
        ON w.country = country.country AND w.source = fact.source AND w.dataset = fact.dataset
        AND w.year = fact.year AND complete.current_rule = 'window'
    WHERE ${frequency} AND complete.known_on_to = coalesce(w.newest, complete.newest)
),
preferred AS (
    SELECT * EXCLUDE (indicator_1)
    FROM looked_at
    QUALIFY rank = min(rank) OVER (PARTITION BY country, theme, indicator, dimension, unit, year)
),
summed AS (
    SELECT
        country,
        theme,
        indicator,
        dimension,
        CASE WHEN dimension = 'partner' THEN other_side ELSE 'WLD' END AS partner,
        CASE WHEN dimension = 'sex' THEN sex ELSE '_T' END AS sex,
        CASE WHEN dimension = 'age' THEN age ELSE '_T' END AS age,
        CASE WHEN dimension = 'education' THEN education ELSE '_T' END AS education,
        CASE WHEN dimension = 'employment' THEN employment ELSE '_T' END AS employment,
        CASE WHEN dimension = 'reason' THEN reason ELSE '_T' END AS reason,
        CASE
            WHEN dimension IN ('place', 'place_of_origin') AND own_side <> country
            THEN 'place=' || own_side
            WHEN dimension IN ('place', 'place_of_origin')
            THEN 'place=' || regexp_extract(detail, '(?:^|;)place=([^;]*)', 1)
            WHEN dimension = 'decision' THEN regexp_replace(detail, ';?procedure=[^;]*', '')
            WHEN dimension = 'hazard'
            THEN 'hazard=' || regexp_extract(detail, '(?:^|;)hazard=([^;]*)', 1)
            WHEN dimension IN (
                'total', 'partner', 'sex', 'age', 'education', 'employment', 'reason', 'cases'
            ) THEN '_T'
            ELSE detail
        END AS detail,
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
        min(breakdown) AS least_breakdown
    FROM preferred
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
