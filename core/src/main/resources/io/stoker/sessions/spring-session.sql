-- Spring Session JDBC's own tables, in the order of fields that its Redis layout needs.
SELECT s.session_id::text AS session_id,
       to_timestamp(s.expiry_time / 1000.0) AS expires_at,
       to_timestamp(s.last_access_time / 1000.0) AS last_activity_at,
       s.creation_time,
       s.last_access_time,
       s.max_inactive_interval,
       ARRAY(SELECT a.attribute_name::text
               FROM spring_session_attributes a
              WHERE a.session_primary_id = s.primary_id
              ORDER BY a.attribute_name) AS attribute_names,
       ARRAY(SELECT a.attribute_bytes
               FROM spring_session_attributes a
              WHERE a.session_primary_id = s.primary_id
              ORDER BY a.attribute_name) AS attribute_values
  FROM spring_session s
