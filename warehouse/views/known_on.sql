-- stock_known_on(day), flow_known_on(day): the figures that were current on that day.
--
-- A release counts from the last day of its known_on interval. Of the releases known by then, the
-- newest whose extract is complete for the origin or the destination of a figure (or for the
-- world) is current for it, an oblast being part of its country; in datasets of rule `window`, years that left the newest stay.
-- ${measure} is stock or flow.
CREATE MACRO ${measure}_known_on(day) AS TABLE
WITH known AS (
    SELECT
        e.extract_id, e.source, e.dataset, r.known_on_to,
        unnest(string_split(e.scope, ';')) AS area
    FROM extract AS e
    JOIN release AS r USING (source, dataset, release)
    WHERE e.accepted AND r.known_on_to <= CAST(day AS DATE)
),
held AS (
    SELECT DISTINCT source, dataset, extract_id, year FROM stock_history
    UNION
    SELECT DISTINCT source, dataset, extract_id, year FROM flow_history
),
years AS (
    SELECT DISTINCT source, dataset, year FROM held
),
newest AS (
    SELECT
        known.source, known.dataset, known.area, years.year,
        max(known.known_on_to) FILTER (held.extract_id IS NOT NULL) AS with_year,
        max(known.known_on_to) AS any_year
    FROM known
    JOIN years ON years.source = known.source AND years.dataset = known.dataset
    LEFT JOIN held ON held.extract_id = known.extract_id AND held.year = years.year
    GROUP BY ALL
),
current_release AS (
    SELECT
        newest.source, newest.dataset, newest.area, newest.year,
        CASE dataset.current_rule WHEN 'window' THEN with_year ELSE any_year END AS known_on_to
    FROM newest
    JOIN dataset USING (source, dataset)
),
-- An oblast is within the scope of its country.
scope_area AS (
    SELECT area, CASE WHEN kind = 'subdivision' THEN parent ELSE area END AS within
    FROM area
)
SELECT fact.*
FROM ${measure}_history AS fact
JOIN release AS r
    ON r.source = fact.source AND r.dataset = fact.dataset AND r.release = fact.release
JOIN scope_area AS origin_area ON origin_area.area = fact.origin
JOIN scope_area AS destination_area ON destination_area.area = fact.destination
LEFT JOIN current_release AS w
    ON w.source = fact.source AND w.dataset = fact.dataset AND w.year = fact.year AND w.area = 'ALL'
LEFT JOIN current_release AS o
    ON o.source = fact.source AND o.dataset = fact.dataset AND o.year = fact.year
    AND o.area = origin_area.within
LEFT JOIN current_release AS d
    ON d.source = fact.source AND d.dataset = fact.dataset AND d.year = fact.year
    AND d.area = destination_area.within
WHERE r.known_on_to <= CAST(day AS DATE)
    AND r.known_on_to = greatest(w.known_on_to, o.known_on_to, d.known_on_to);
