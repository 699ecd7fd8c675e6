-- Egress access and namespace isolation (scoring, sections 2, 3 and 6), of a log in which every record
-- has a trace. `log` is the view of the log, `enforced` its list of enforced hits.
WITH hits AS (
    SELECT *,
        -- enforced hits sorted by index, staged hits dropped: the last hit decides
        list_max(list_transform(
            list_filter(enforced, lambda hit: NOT contains(hit, 'staged:') AND NOT regexp_matches(hit, '\|s(np|gnp|knp):')),
            lambda hit: lpad(split_part(hit, '|', 1), 6, '0') || '|' || split_part(hit, '|', 2) || '|' || split_part(hit, '|', 4)
        )) AS last_hit
    FROM log
),
sides AS (
    SELECT end_time, proto, dest_port, reporter,
        split_part(last_hit, '|', 2) = '__PROFILE__' AND split_part(last_hit, '|', 3) = 'allow' AS unsecured,
        if(reporter = 'src', source_namespace, dest_namespace) AS namespace,
        if(reporter = 'src', source_name_aggr, dest_name_aggr) AS workload,
        if(reporter = 'src', dest_type, source_type) AS peer_type,
        if(reporter = 'src', dest_namespace, source_namespace) AS peer_namespace,
        if(reporter = 'src', dest_name_aggr, source_name_aggr) AS peer_name,
        if(reporter = 'src', dest_ip, source_ip) AS peer_ip
    FROM hits
),
peers AS (
    SELECT end_time, proto, dest_port, reporter, unsecured, namespace, workload, peer_type, peer_namespace,
        CASE
            WHEN peer_type <> 'net' THEN peer_name
            WHEN regexp_matches(peer_ip, '^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.)') THEN 'private'
            ELSE 'public'
        END AS peer
    FROM sides
),
edges AS (
    SELECT namespace, workload, reporter, peer_type, peer_namespace, peer, proto, dest_port,
        -- the worst state seen within 300 s of the latest record
        coalesce(max(end_time) FILTER (WHERE unsecured) >= max(end_time) - 300, false) AS unsecured
    FROM peers
    GROUP BY ALL
),
egress AS (
    SELECT namespace,
        count(DISTINCT workload) FILTER (WHERE unsecured) AS part,
        count(DISTINCT workload) AS whole
    FROM edges
    WHERE reporter = 'src' AND peer_type = 'net'
    GROUP BY namespace
),
isolation AS (
    SELECT namespace, count(*) FILTER (WHERE unsecured) AS part, count(*) AS whole
    FROM edges
    WHERE peer_type = 'wep' AND peer_namespace <> namespace OR reporter = 'dst' AND peer_type = 'net'
    GROUP BY namespace
)
SELECT
    (SELECT 100 - sum(part / whole) * 100 / $namespaces FROM egress) AS egress_access,
    (SELECT 100 - sum(part / whole) * 100 / $namespaces FROM isolation) AS namespace_isolation
