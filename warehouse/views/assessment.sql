-- assessment_reading: the state of each reading of the report for a cell and year: the best of its
-- statements.
CREATE VIEW assessment_reading AS
SELECT
    country, theme, measure, breakdown, year, producers, reading,
    arg_min(state, CASE state WHEN 'available' THEN 1 WHEN 'partial' THEN 2 ELSE 3 END) AS state,
    count(*) AS statements,
    count(DISTINCT state) > 1 AS contradicts_itself
FROM (SELECT *, unnest(range(year_from, year_to + 1)) AS year FROM assessed_cell)
GROUP BY ALL;

-- assessment_agreement: how far the two readings agree. Kappa compares the share of cells in which
-- they agree with the share that chance would give by how often each uses each state.
--
-- scope both: cells that both readings speak of; scope either: cells that at least one speaks of,
-- silence being a state of its own.
CREATE VIEW assessment_agreement AS
WITH either AS (
    SELECT
        country, theme, measure, breakdown, year, producers,
        max(state) FILTER (reading = 1) AS first_reading,
        max(state) FILTER (reading = 2) AS second_reading
    FROM assessment_reading
    GROUP BY ALL
),
scoped AS (
    SELECT 'both' AS scope, first_reading, second_reading
    FROM either
    WHERE first_reading IS NOT NULL AND second_reading IS NOT NULL
    UNION ALL
    SELECT 'either', coalesce(first_reading, 'silent'), coalesce(second_reading, 'silent')
    FROM either
),
sizes AS (
    SELECT
        scope, count(*) AS cells,
        count(*) FILTER (first_reading = second_reading) AS agreed
    FROM scoped
    GROUP BY ALL
),
expected AS (
    SELECT f.scope, sum(f.share * s.share) AS by_chance
    FROM (
        SELECT
            scope, first_reading AS state,
            count(*) / sum(count(*)) OVER (PARTITION BY scope) AS share
        FROM scoped
        GROUP BY scope, first_reading
    ) AS f
    JOIN (
        SELECT
            scope, second_reading AS state,
            count(*) / sum(count(*)) OVER (PARTITION BY scope) AS share
        FROM scoped
        GROUP BY scope, second_reading
    ) AS s USING (scope, state)
    GROUP BY ALL
)
SELECT
    scope, cells, agreed, agreed / cells AS share_agreed, coalesce(by_chance, 0) AS by_chance,
    (agreed / cells - coalesce(by_chance, 0)) / nullif(1 - coalesce(by_chance, 0), 0) AS kappa
FROM sizes
LEFT JOIN expected USING (scope);

-- assessment_confusion: how many cells each pair of a reading's state and the computed status has.
CREATE VIEW assessment_confusion AS
SELECT reading, producers, assessed, status AS computed, count(*) AS cells
FROM (
    SELECT 1 AS reading, producers, first_reading AS assessed, status FROM assessment_check
    UNION ALL
    SELECT 2, producers, second_reading, status FROM assessment_check
)
WHERE assessed IS NOT NULL
GROUP BY ALL;

-- openness_score: the points of a dataset of 10, and what lost the others.
CREATE VIEW openness_score AS
SELECT
    country, source, dataset,
    sum(points) AS points,
    sum(points) FILTER (c.kind = 'coverage') AS coverage_points,
    sum(points) FILTER (c.kind = 'openness') AS openness_points,
    string_agg(c.name_en || ': ' || o.lost_because, ' ' ORDER BY c.position) AS lost_because
FROM openness AS o
JOIN openness_criterion AS c USING (criterion)
GROUP BY ALL;

COMMENT ON VIEW assessment_reading IS 'State of each reading of the report for a cell and year, the best of its statements';
COMMENT ON VIEW assessment_agreement IS 'Agreement of the two readings: share, share by chance, and Cohen''s kappa';
COMMENT ON VIEW assessment_confusion IS 'Cells by the state that a reading found and the computed status';
COMMENT ON VIEW openness_score IS 'Points of each dataset of 10, and what lost the others';
