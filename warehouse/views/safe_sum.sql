-- safe_sum(selection): the sum of chosen figures, or why they must not be summed.
--
-- selection names a table or view of rows of stock, flow or their histories, as text; all their
-- columns are wanted:
--
--     CREATE TEMP TABLE chosen AS
--         FROM stock WHERE indicator = 'refugees' AND additive_set = 'pairs' AND year = 2022;
--     FROM safe_sum('chosen');
--
-- total is NULL and refused_because says why, where the rows are of more than one indicator, unit,
-- producer, dataset, universe, frequency or release (a revision is a release); where a stock has
-- more than one reference date (the same people are counted anew each time); where periods
-- overlap; where a figure comes twice; and where figures of one period are not parts of one
-- additive set. Flows of several periods, one figure or one set in each, are summed. qualifier is
-- at_least where a part is missing or suppressed.
CREATE MACRO safe_sum(selection) AS TABLE
WITH chosen AS (
    SELECT
        NULL::DATE AS reference_date, NULL::DATE AS period_start, NULL::DATE AS period_end
    WHERE FALSE
    UNION ALL BY NAME
    SELECT * FROM query_table(selection)
),
dated AS (
    SELECT
        *,
        coalesce(period_start, reference_date) AS first_day,
        coalesce(period_end, reference_date) AS last_day
    FROM chosen
),
periods AS (
    SELECT
        first_day, last_day, count(*) AS figures, count(DISTINCT additive_set) AS sets,
        count(additive_set) AS in_a_set
    FROM dated
    GROUP BY ALL
),
in_time AS (
    SELECT count(*) AS shared_periods
    FROM (
        SELECT first_day, max(last_day) OVER (
            ORDER BY first_day, last_day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS before
        FROM periods
    )
    WHERE first_day <= before
),
repeated AS (
    SELECT count(*) AS repeated
    FROM (
        SELECT 1
        FROM dated
        GROUP BY
            indicator, origin, destination, sex, age, education, employment, reason, detail,
            universe, freq, first_day, last_day, unit, producer, source, dataset, release
        HAVING count(*) > 1
    )
),
mixed AS (
    SELECT
        count(*) AS figures,
        list(DISTINCT indicator ORDER BY indicator) AS indicators,
        list(DISTINCT unit ORDER BY unit) AS units,
        list(DISTINCT universe ORDER BY universe) AS universes,
        list(DISTINCT freq ORDER BY freq) AS frequencies,
        list(DISTINCT producer ORDER BY producer) AS producers,
        list(DISTINCT source || ' ' || dataset ORDER BY source || ' ' || dataset) AS datasets,
        list(DISTINCT release ORDER BY release) AS releases,
        list(DISTINCT reference_date ORDER BY reference_date)
            FILTER (reference_date IS NOT NULL) AS stock_days,
        list(DISTINCT additive_set ORDER BY additive_set)
            FILTER (additive_set IS NOT NULL) AS additive_sets,
        sum(value) AS total,
        max(unit) AS unit,
        count(*) FILTER (value IS NULL) AS missing,
        bool_or(qualifier = 'at_least') AS some_at_least,
        bool_or(qualifier IN ('at_most', 'about')) AS some_other
    FROM dated
),
judged AS (
    SELECT
        mixed.*,
        CASE
            WHEN figures = 0 THEN 'No figure is chosen.'
            WHEN repeated > 0 THEN 'The same figure is chosen more than once.'
            WHEN len(indicators) > 1
            THEN 'Different things are counted: ' || array_to_string(indicators, ', ') || '.'
            WHEN len(units) > 1
            THEN 'Units are mixed: ' || array_to_string(units, ', ') || '.'
            WHEN len(stock_days) > 1
            THEN 'A stock counts the same people anew at each of its ' || len(stock_days)
                || ' reference dates; take one of them.'
            WHEN len(universes) > 1
            THEN 'Universes are mixed: ' || array_to_string(universes, ', ') || '.'
            WHEN len(frequencies) > 1
            THEN 'Frequencies are mixed: ' || array_to_string(frequencies, ', ') || '.'
            WHEN len(producers) > 1
            THEN 'Producers are mixed: ' || array_to_string(producers, ', ') || '.'
            WHEN len(datasets) > 1
            THEN 'Datasets are mixed, and may count the same people: '
                || array_to_string(datasets, ', ') || '.'
            WHEN len(releases) > 1
            THEN 'Releases or revisions are mixed: ' || array_to_string(releases, ', ') || '.'
            WHEN shared_periods > 0 THEN 'Periods overlap, so the same moves are counted twice.'
            WHEN len(additive_sets) > 1
            THEN 'Sets overlap, each makes the same total: '
                || array_to_string(additive_sets, ', ') || '.'
            WHEN EXISTS (FROM periods WHERE figures > 1 AND in_a_set < figures)
            THEN 'Figures outside an additive set are no parts of a total.'
        END AS refused_because
    FROM mixed, in_time, repeated
)
SELECT
    CASE WHEN refused_because IS NULL THEN total END AS total,
    CASE WHEN refused_because IS NULL THEN unit END AS unit,
    figures,
    missing,
    CASE
        WHEN refused_because IS NOT NULL OR total IS NULL THEN NULL
        WHEN some_other THEN 'about'
        WHEN some_at_least OR missing > 0 THEN 'at_least'
    END AS qualifier,
    refused_because
FROM judged;

COMMENT ON MACRO TABLE safe_sum IS 'The sum of the rows of a named table or view, or why they must not be summed';
