-- New names for the full scan; the tickets stay.
-- A scan under way begins again; what the scans before it have proved stays.
ALTER TABLE seen_even RENAME TO seen_by_even_scan;
ALTER TABLE seen_odd RENAME TO seen_by_odd_scan;

INSERT INTO sync_state (key, value)
SELECT 'full_scan', json_object(
    'mirror_started', json_extract(value, '$.copy'),
    'phase', 'ended',
    'orders', json_array(),
    'last_rows', json_array(),
    'head', NULL,
    'new_head', NULL,
    'total', json_extract(value, '$.total'),
    'result', json_object(
        'is_complete', json('true'),
        'short', json_extract(value, '$.short'),
        'is_stuck', json(iif(json_extract(value, '$.is_stuck'), 'true', 'false')),
        'verified_at', json_extract(value, '$.verified')
    ),
    'counters', json_object(
        'scans', json_extract(value, '$.findings.walks'),
        'repeated_rows', json_extract(value, '$.findings.repeated'),
        'page_gaps', json_extract(value, '$.findings.overlaps_lost'),
        'changed_totals', json_extract(value, '$.findings.totals_changed'),
        'short_scans', json_extract(value, '$.findings.short_walks'),
        'differing_scans', json_extract(value, '$.findings.differing_walks')
    )
) FROM sync_state WHERE key = 'walk' AND json_extract(value, '$.complete');

DELETE FROM sync_state WHERE key = 'walk';
