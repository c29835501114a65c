-- Partnerships that are public, by stage.
SELECT status AS stage, count(*) AS twinnings FROM partnerships_twinning
WHERE public_since IS NOT NULL GROUP BY 1
