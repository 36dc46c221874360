-- Spring Session JDBC's own tables, in the order of fields that its Redis layout needs. A session
-- that never expires has the greatest bigint there, which no timestamp can hold: it counts as the
-- end of the year 9999.
SELECT s.session_id::text AS session_id,
       to_timestamp(least(s.expiry_time, 253402300799999) / 1000.0) AS expires_at,
       to_timestamp(s.last_access_time / 1000.0) AS last_activity_at,
       s.creation_time,
       s.last_access_time,
       s.max_inactive_interval,
       s.principal_name::text AS principal_name,
       ARRAY(SELECT a.attribute_name::text
               FROM spring_session_attributes a
              WHERE a.session_primary_id = s.primary_id
              ORDER BY a.attribute_name) AS attribute_names,
       ARRAY(SELECT a.attribute_bytes
               FROM spring_session_attributes a
              WHERE a.session_primary_id = s.primary_id
              ORDER BY a.attribute_name) AS attribute_values
  FROM spring_session s
