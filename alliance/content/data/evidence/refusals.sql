-- Handshakes that one side declined, by its reason, and those that nobody answered within 30 days.
SELECT CASE WHEN close_reason = 'silent' THEN 'silent' ELSE decline_reason END AS reason, count(*) AS matches
FROM partnerships_match
WHERE (status = 'declined' OR close_reason = 'silent')
    AND status_changed_at AT TIME ZONE 'Europe/Brussels' >= :from
    AND status_changed_at AT TIME ZONE 'Europe/Brussels' < :end
GROUP BY 1
