-- Hromadas that the goal counts, and those that stand by a public partnership, from the solidarity contact on, with
-- somebody outside Ukraine.
WITH party AS (
    SELECT p.twinning_id, p.country, coalesce(own.same_as_id, own.id, seat.same_as_id, seat.id) AS root
    FROM partnerships_twinningparty p
    JOIN partnerships_twinning t ON t.id = p.twinning_id
    LEFT JOIN members_place own ON own.id = p.place_id
    LEFT JOIN members_member member ON member.id = p.member_id
    LEFT JOIN members_place seat ON seat.id = member.place_id
    WHERE p.left_at IS NULL AND (p.agreed_at IS NOT NULL OR p.member_id IS NULL) AND t.public_since IS NOT NULL
        AND (CASE t.status WHEN 'dormant' THEN t.stage_before_dormant ELSE t.status END)
            IN ('solidarity', 'letter', 'drafted', 'in_approval', 'in_force')
)
SELECT oblast.code AS oblast, count(*) AS hromadas,
    count(*) FILTER (WHERE hromada.id IN (
        SELECT party.root FROM party
        JOIN party abroad ON abroad.twinning_id = party.twinning_id AND abroad.country <> 'UA'
        WHERE party.country = 'UA')) AS with_partner
FROM members_place hromada JOIN members_place oblast ON oblast.id = hromada.region_id
WHERE hromada.register = 'katotth' AND hromada.level = 'municipality' AND hromada.category = 'H'
    AND hromada.gone_on IS NULL AND hromada.code NOT LIKE 'UA01%'
GROUP BY 1
