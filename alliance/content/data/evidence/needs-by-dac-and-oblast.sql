-- Unmet needs by DAC code and oblast: each sector stands under the code that most of its sub-sectors bear.
WITH multiple (unit, base, factor) AS (
    VALUES ('mw', 'kw', 1000), ('mwh', 'kwh', 1000), ('t', 'kg', 1000), ('km', 'm', 1000), ('m3', 'l', 1000),
        ('week', 'day', 7)
), promised AS (  -- what is firmly promised for a line and not cancelled, lost or returned, in its base unit
    SELECT g.id, g.listing_line_id, coalesce(u.base, g.unit) AS base, g.currency, g.range_unit,
        g.range_min, g.range_max, coalesce(u.factor, 1) * sum(
            CASE WHEN e.kind IN ('committed', 'over_delivered') THEN 1
                WHEN e.kind IN ('cancelled', 'lost', 'returned') THEN -1 ELSE 0 END
            * CASE WHEN e.corrects_id IS NULL THEN e.quantity ELSE -e.quantity END
        ) AS net
    FROM partnerships_pledgeline g
    JOIN partnerships_pledgeevent e ON e.line_id = g.id
    LEFT JOIN multiple u ON u.unit = g.unit
    GROUP BY g.id, u.base, u.factor
), line AS (  -- what is open of each line
    SELECT n.listing_id, n.quantity * coalesce(u.factor, 1) - coalesce((
        SELECT sum(p.net) FROM promised p
        LEFT JOIN multiple nr ON nr.unit = n.range_unit
        LEFT JOIN multiple pr ON pr.unit = p.range_unit
        WHERE p.listing_line_id = n.id AND p.net > 0
            AND p.base = coalesce(u.base, n.unit) AND p.currency = n.currency
            AND (n.range_unit = '' OR p.range_unit = '' OR (
                coalesce(nr.base, n.range_unit) = coalesce(pr.base, p.range_unit)
                AND (n.range_min IS NULL OR p.range_min IS NULL
                    OR p.range_min * coalesce(pr.factor, 1) >= n.range_min * coalesce(nr.factor, 1))
                AND (n.range_max IS NULL OR p.range_max IS NULL
                    OR p.range_max * coalesce(pr.factor, 1) <= n.range_max * coalesce(nr.factor, 1))
                AND (n.range_min IS NULL OR p.range_max IS NULL
                    OR p.range_max * coalesce(pr.factor, 1) >= n.range_min * coalesce(nr.factor, 1))
                AND (n.range_max IS NULL OR p.range_min IS NULL
                    OR p.range_min * coalesce(pr.factor, 1) <= n.range_max * coalesce(nr.factor, 1))
            ))
    ), 0) AS open
    FROM partnerships_listingline n LEFT JOIN multiple u ON u.unit = n.unit
), code AS (  -- of equals the lowest
    SELECT DISTINCT ON (parent_id) parent_id AS sector, dac
    FROM (SELECT parent_id, left(dac_codes, 3) AS dac, count(*) AS n FROM members_sector
        WHERE parent_id IS NOT NULL AND dac_codes > '' GROUP BY 1, 2) found
    ORDER BY parent_id, n DESC, dac
), named AS (  -- a need that names two sectors counts in both
    SELECT DISTINCT need.id, coalesce(parent.id, sector.id) AS sector,
        CASE WHEN need.is_member_hidden AND (place.level = 'region' OR region.id = place.id) THEN '-'
            WHEN place.level = 'region' THEN place.code ELSE coalesce(region.code, '-') END AS oblast
    FROM partnerships_listing need
    JOIN members_member member ON member.id = need.member_id
    LEFT JOIN members_place place ON place.id = member.place_id
    LEFT JOIN members_place region ON region.id = place.region_id
    JOIN partnerships_listing_sectors link ON link.listing_id = need.id
    JOIN members_sector sector ON sector.id = link.sector_id
    LEFT JOIN members_sector parent ON parent.id = sector.parent_id
    WHERE need.kind = 'need' AND need.status = 'published' AND need.audience = 'public'
        AND need.expires_on >= :today AND member.status = 'approved'
        -- Quantities that the author keeps for fewer people tell nobody that a need is covered.
        AND (need.field_audiences ? 'lines'
            OR EXISTS (SELECT 1 FROM line WHERE line.listing_id = need.id AND line.open > 0))
)
SELECT named.oblast, coalesce(code.dac, '-') AS dac, count(*) AS needs
FROM named LEFT JOIN code ON code.sector = named.sector
GROUP BY 1, 2
