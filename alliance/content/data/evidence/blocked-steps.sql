-- What waits past its day, or for somebody's decision.
WITH line AS (
    SELECT line.id, pledge.due_on,
        coalesce(sum(CASE WHEN e.corrects_id IS NULL THEN e.quantity ELSE -e.quantity END)
            FILTER (WHERE e.kind = 'committed'), 0) AS committed,
        coalesce(sum(CASE WHEN e.corrects_id IS NULL THEN e.quantity ELSE -e.quantity END)
            FILTER (WHERE e.kind = 'cancelled'), 0) AS cancelled,
        coalesce(sum(CASE WHEN e.corrects_id IS NULL THEN e.quantity ELSE -e.quantity END)
            FILTER (WHERE e.kind = 'over_delivered'), 0) AS over_delivered,
        coalesce(sum(CASE WHEN e.corrects_id IS NULL THEN e.quantity ELSE -e.quantity END)
            FILTER (WHERE e.kind = 'dispatched'), 0) AS dispatched,
        coalesce(sum(CASE WHEN e.corrects_id IS NULL THEN e.quantity ELSE -e.quantity END)
            FILTER (WHERE e.kind = 'received'), 0) AS received,
        coalesce(sum(CASE WHEN e.corrects_id IS NULL THEN e.quantity ELSE -e.quantity END)
            FILTER (WHERE e.kind = 'accepted'), 0) AS accepted,
        coalesce(sum(CASE WHEN e.corrects_id IS NULL THEN e.quantity ELSE -e.quantity END)
            FILTER (WHERE e.kind = 'lost'), 0) AS lost,
        coalesce(sum(CASE WHEN e.corrects_id IS NULL THEN e.quantity ELSE -e.quantity END)
            FILTER (WHERE e.kind = 'returned'), 0) AS returned
    FROM partnerships_pledgeline line
    JOIN partnerships_pledge pledge ON pledge.id = line.pledge_id
    LEFT JOIN partnerships_pledgeevent e ON e.line_id = line.id
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
    GROUP BY line.id, pledge.due_on
), step AS (
    SELECT s.* FROM partnerships_twinningstep s
    JOIN partnerships_twinning t ON t.id = s.twinning_id
    WHERE t.status = 'in_approval' AND t.public_since IS NOT NULL AND s.withdrawn_at IS NULL
)
SELECT 'agreements_past_clock' AS step, count(DISTINCT sent.twinning_id) AS waiting
FROM step sent
WHERE (sent.kind = 'sent_to_ministry' AND sent.happened_on + 30 < :today
        OR sent.kind = 'sent_to_justice' AND sent.happened_on + 10 < :today)
    AND NOT EXISTS (
        SELECT 1 FROM step later
        WHERE later.twinning_id = sent.twinning_id
            AND (later.happened_on, later.id) > (sent.happened_on, sent.id)
            AND (later.kind IN ('ministry_agreed', 'ministry_refused', 'registered', sent.kind)
                OR sent.kind = 'sent_to_justice' AND later.kind IN ('justice_answered', 'sent_to_ministry')))
UNION ALL
SELECT 'late_deliveries', count(*) FROM line
WHERE due_on < :today AND accepted < committed - cancelled
    AND accepted < committed - cancelled + over_delivered - lost - returned
UNION ALL
SELECT 'disputed_deliveries', count(*) FROM line WHERE received + lost > dispatched
UNION ALL
SELECT 'matches_handed_over', count(*) FROM partnerships_match match
WHERE match.status = 'requested' AND match.handed_over_at IS NOT NULL
    OR EXISTS (SELECT 1 FROM partnerships_helprequest call
        WHERE call.match_id = match.id AND call.done_at IS NULL)
