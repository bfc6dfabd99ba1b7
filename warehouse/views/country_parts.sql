-- The published figures that country_stock and country_flow are made of, each with its file and
-- place: the rows of country_stock_parts and country_flow_parts, and what country_figures.sql sums.
-- Columns up to additive_set are those of the figure that a part goes into. Placeholders as there.
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
)
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
    value,
    precision,
    obs_status,
    qualifier,
    breakdown AS own_breakdown,
    definition,
    extract_id,
    source_ref
FROM preferred
