-- mirror: emigration as the country counts it, beside what the side of the destinations publishes.
--
-- Only pairs of figures that are both held: a stock of the country (registered emigrants, workers
-- abroad, absent residents) against UN DESA's migrants of that origin, of the nearest year that is
-- at most two years away; departures against applications for asylum of its citizens, of the same
-- year. partner is a destination, or WLD for all. The two never count the same: definitions, bases
-- and universes stand beside the figures, and ratio is the partner side's figure by the country's.
CREATE VIEW mirror AS
WITH pairing (measure, own_indicator, partner_indicator, years_apart) AS (
    VALUES
        ('stock', 'emigrants_registered', 'migrants', 2),
        ('stock', 'workers_abroad', 'migrants', 2),
        ('stock', 'absent_abroad', 'migrants', 2),
        ('flow', 'emigrants', 'asylum_applications', 0)
),
fact AS (
    SELECT 'stock' AS measure, * EXCLUDE (reference_date) FROM stock
    UNION ALL BY NAME
    SELECT 'flow' AS measure, * EXCLUDE (period_start, period_end) FROM flow
),
figure AS (
    SELECT 'stock' AS measure, * EXCLUDE (reference_date) FROM country_stock
    UNION ALL BY NAME
    SELECT 'flow' AS measure, * EXCLUDE (period_start, period_end) FROM country_flow
),
-- Totals are those of the country's views. By destination many are printed without making a whole,
-- so they are taken as published.
own AS (
    SELECT
        figure.country, pairing.*, figure.partner, figure.year, figure.value, figure.qualifier,
        figure.universe, figure.producer, figure.source, figure.dataset, figure.release
    FROM figure
    JOIN pairing
        ON pairing.measure = figure.measure AND pairing.own_indicator = figure.indicator
    WHERE figure.theme = 'emigration' AND figure.dimension = 'total'
    UNION ALL
    SELECT
        fact.origin, pairing.*, fact.destination, fact.year, fact.value, fact.qualifier,
        fact.universe, fact.producer, fact.source, fact.dataset, fact.release
    FROM fact
    JOIN pairing ON pairing.measure = fact.measure AND pairing.own_indicator = fact.indicator
    JOIN country ON country.active AND country.country = fact.origin
    WHERE fact.breakdown = 'origin+destination' AND fact.freq = 'A' AND fact.destination <> 'WLD'
),
partner_side AS (
    SELECT
        country, measure, indicator, partner, year, value, qualifier, universe, producer, source,
        dataset, release
    FROM figure
    WHERE unit = 'persons' AND dimension IN ('total', 'partner')
        AND (theme, indicator) IN (('emigration', 'migrants'), ('refugees_from', 'asylum_applications'))
),
defined AS (
    SELECT
        measure, indicator, origin, destination, year, producer, source, dataset, release,
        string_agg(DISTINCT definition, ';' ORDER BY definition) AS definition
    FROM fact
    WHERE breakdown = 'total' OR breakdown LIKE 'origin+destination%'
    GROUP BY ALL
),
-- The definition of a total that is derived is that of its parts.
defined_parts AS (
    SELECT
        measure, indicator, origin, year, source, dataset, release,
        string_agg(DISTINCT definition, ';' ORDER BY definition) AS definition
    FROM fact
    GROUP BY ALL
),
paired AS (
    SELECT own.*, p.indicator, p.year AS p_year, p.value AS p_value, p.qualifier AS p_qualifier,
        p.producer AS p_producer, p.source AS p_source, p.dataset AS p_dataset,
        p.release AS p_release
    FROM own
    JOIN partner_side AS p
        ON p.country = own.country AND p.measure = own.measure AND p.partner = own.partner
        AND p.indicator = own.partner_indicator AND abs(p.year - own.year) <= own.years_apart
    WHERE own.value IS NOT NULL AND p.value IS NOT NULL AND own.producer <> p.producer
    QUALIFY row_number() OVER (
        PARTITION BY own.country, own.measure, own.own_indicator, own.partner, own.year,
            own.producer, own.source
        ORDER BY abs(p.year - own.year), p.year
    ) = 1
)
SELECT
    paired.country,
    paired.measure,
    paired.year,
    paired.partner,
    area.name_en AS partner_en,
    paired.own_indicator AS national_indicator,
    paired.value AS national_figure,
    paired.qualifier AS national_qualifier,
    paired.universe AS national_universe,
    paired.producer AS national_producer,
    paired.source AS national_source,
    paired.dataset AS national_dataset,
    paired.release AS national_release,
    own_definition.definition AS national_definition,
    own_term.text_en AS national_definition_text,
    own_term.basis AS national_basis,
    paired.indicator AS partner_indicator,
    paired.p_year AS partner_year,
    paired.p_value AS partner_figure,
    paired.p_qualifier AS partner_qualifier,
    paired.p_producer AS partner_producer,
    paired.p_source AS partner_source,
    paired.p_dataset AS partner_dataset,
    paired.p_release AS partner_release,
    coalesce(partner_definition.definition, parts.definition) AS partner_definition,
    partner_term.text_en AS partner_definition_text,
    partner_term.basis AS partner_basis,
    CASE WHEN paired.value > 0 THEN paired.p_value / paired.value END AS ratio
FROM paired
JOIN area ON area.area = paired.partner
LEFT JOIN defined AS own_definition
    ON own_definition.measure = paired.measure AND own_definition.indicator = paired.own_indicator
    AND own_definition.origin = paired.country AND own_definition.destination = paired.partner
    AND own_definition.year = paired.year AND own_definition.producer = paired.producer
    AND own_definition.source = paired.source AND own_definition.dataset = paired.dataset
    AND own_definition.release = paired.release
LEFT JOIN definition AS own_term ON own_term.definition = own_definition.definition
LEFT JOIN defined AS partner_definition
    ON partner_definition.measure = paired.measure
    AND partner_definition.indicator = paired.indicator
    AND partner_definition.origin = paired.country
    AND partner_definition.destination = paired.partner
    AND partner_definition.year = paired.p_year AND partner_definition.source = paired.p_source
    AND partner_definition.dataset = paired.p_dataset
    AND partner_definition.release = paired.p_release
LEFT JOIN defined_parts AS parts
    ON parts.measure = paired.measure AND parts.indicator = paired.indicator
    AND parts.origin = paired.country AND parts.year = paired.p_year
    AND parts.source = paired.p_source AND parts.dataset = paired.p_dataset
    AND parts.release = paired.p_release
LEFT JOIN definition AS partner_term
    ON partner_term.definition = coalesce(partner_definition.definition, parts.definition);

COMMENT ON VIEW mirror IS 'Emigration as the country counts it, beside what the side of the destinations publishes';
