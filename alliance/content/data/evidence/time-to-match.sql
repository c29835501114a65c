-- Handshakes that both sides said yes to: days from the question to the second yes.
WITH made AS (
    SELECT greatest(0, floor(extract(epoch FROM accepted_at - created_at) / 86400)) AS days
    FROM partnerships_match
    WHERE accepted_at AT TIME ZONE 'Europe/Brussels' >= :from AND accepted_at AT TIME ZONE 'Europe/Brussels' < :end
)
SELECT count(*) AS matches,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS median_days,
    percentile_disc(0.9) WITHIN GROUP (ORDER BY days) AS ninth_decile_days
FROM made
