-- Firm promises of which all arrived: days from the first commitment to the day on which it was all there.
WITH firm AS (
    SELECT line.id,
        sum(CASE e.kind WHEN 'committed' THEN s.signed WHEN 'cancelled' THEN -s.signed ELSE 0 END) AS firm,
        min(e.happened_on) FILTER (WHERE e.kind = 'committed' AND e.corrects_id IS NULL) AS began_on
    FROM partnerships_pledgeline line
    JOIN partnerships_pledge pledge ON pledge.id = line.pledge_id
    JOIN partnerships_pledgeevent e ON e.line_id = line.id
    CROSS JOIN LATERAL (SELECT CASE WHEN e.corrects_id IS NULL THEN e.quantity ELSE -e.quantity END AS signed) s
    WHERE TRUE
    -- Only what everyone may read: neither the promise nor a need that it covers keeps its lines for fewer people.
    AND NOT EXISTS (
        SELECT 1 FROM partnerships_pledgeline other
        JOIN partnerships_listingline l ON l.id = other.listing_line_id
        JOIN partnerships_listing need ON need.id = l.listing_id
        WHERE other.pledge_id = pledge.id AND need.audience = 'members')
    AND NOT EXISTS (
        SELECT 1 FROM partnerships_listing behind
        WHERE behind.id IN (pledge.listing_id, (
                SELECT l.listing_id FROM partnerships_listingline l WHERE l.id = line.listing_line_id))
            AND (behind.audience <> 'public'
                OR coalesce(behind.field_audiences ->> 'lines', 'public') <> 'public'))
    GROUP BY line.id
), arrival AS (
    SELECT e.line_id, e.id, e.happened_on, e.recorded_at, firm.firm, firm.began_on,
        (SELECT sum(CASE WHEN b.corrects_id IS NULL THEN b.quantity ELSE -b.quantity END)
            FROM partnerships_pledgeevent b
            WHERE b.line_id = e.line_id AND b.kind = 'received' AND b.id <= e.id) AS so_far,
        (SELECT sum(CASE WHEN b.corrects_id IS NULL THEN b.quantity ELSE -b.quantity END)
            FROM partnerships_pledgeevent b
            WHERE b.line_id = e.line_id AND b.kind = 'received') AS in_the_end
    FROM partnerships_pledgeevent e JOIN firm ON firm.id = e.line_id
    WHERE e.kind = 'received' AND firm.firm > 0
), whole AS (
    SELECT DISTINCT ON (line_id) *, greatest(0, happened_on - began_on) AS days
    FROM arrival WHERE so_far >= firm AND in_the_end >= firm ORDER BY line_id, id
)
SELECT count(*) AS deliveries,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS median_days,
    percentile_disc(0.9) WITHIN GROUP (ORDER BY days) AS ninth_decile_days
FROM whole
WHERE recorded_at AT TIME ZONE 'Europe/Brussels' >= :from AND recorded_at AT TIME ZONE 'Europe/Brussels' < :end
